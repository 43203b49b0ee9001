/** What a page is given of its address. */
export type RawParams = Record<string, string | string[] | undefined>;

/** Each parameter once: of several, the first. */
export function singleParams(params: RawParams): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );
}

/** A list's address with its state; what is as at first (blank, page 1) is left out. */
export function addressOf(path: string, state: Record<string, string | number | undefined>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) {
    if (value === undefined || value === "" || (name === "page" && value === 1)) continue;
    params.set(name, String(value));
  }
  const search = params.toString();
  return search ? `${path}?${search}` : path;
}
