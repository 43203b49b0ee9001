import type { FormValues } from "@/components/integrations/form-values";

const watched: Record<string, string> = {
  "oauth.tokenUrl": "Token URL",
  "oauth.revocationUrl": "Revocation URL",
  testUrl: "Test URL",
};

/** Scheme and host of a URL, with the placeholders that the form has values for filled in; null while it is none. */
export function originOf(url: string, values: FormValues): string | null {
  const filled = url.replace(/\{([^{}]+)\}/g, (placeholder, name: string) => {
    const value = name === "entity_id" ? values["defaultEntityId"] : values[`config.${name}`];
    return value || placeholder;
  });
  return /^\s*(https?:\/\/[^/?#\s]+)/i.exec(filled)?.[1]?.toLowerCase() ?? null;
}

/** Labels of the URLs that lead, as typed, to an origin that none of the stored ones leads to. */
export function newlyAimed(typed: FormValues, stored: FormValues): string[] {
  const known = new Set(Object.keys(watched).map((name) => originOf(stored[name] ?? "", stored)));
  return Object.entries(watched).flatMap(([name, label]) => {
    const origin = originOf(typed[name] ?? "", typed);
    return origin === null || known.has(origin) ? [] : [label];
  });
}
