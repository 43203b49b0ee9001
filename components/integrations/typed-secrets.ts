/** Which secret inputs hold something, by the name of the field it is sent as. */
export type TypedSecrets = Readonly<Record<string, string>>;

const clearedBy: Record<string, string> = {
  "oauth.clientSecret__clear": "oauth.clearClientSecret",
  "oauth.privateKey__clear": "oauth.clearPrivateKey",
};

/** Reads secrets from their inputs, where alone they live, under the names that the schema knows. */
export function readSecrets(form: HTMLFormElement | null): Record<string, string> {
  const found: Record<string, string> = {};
  if (!form) return found;
  for (const input of form.querySelectorAll<HTMLInputElement>("[data-secret]")) {
    if (input.value !== "") found[input.name] = input.value;
  }
  const data = new FormData(form);
  for (const [mark, clears] of Object.entries(clearedBy)) if (data.get(mark)) found[clears] = "on";
  return found;
}
