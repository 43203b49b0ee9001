/** Which secret inputs hold something, by the name of the field it is sent as. */
export type TypedSecrets = Readonly<Record<string, string>>;

const clearedBy: Record<string, string> = {
  "oauth.clientSecret__clear": "oauth.clearClientSecret",
  "oauth.privateKey__clear": "oauth.clearPrivateKey",
};
const secretNames = ["oauth.clientSecret", "oauth.privateKey"];

/** Reads secrets from their inputs, where alone they live, under the names that the schema knows. */
export function readSecrets(form: HTMLFormElement | null): Record<string, string> {
  const found: Record<string, string> = {};
  if (!form) return found;
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== "string" || value === "") continue;
    if (secretNames.includes(name)) found[name] = value;
    const clears = clearedBy[name];
    if (clears) found[clears] = "on";
  }
  return found;
}
