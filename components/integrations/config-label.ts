/** What a config field is called beside its input; `base_url` is the one that the SDK knows too. */
export function configLabel(key: string): string {
  return key === "base_url" ? "Base URL" : key;
}
