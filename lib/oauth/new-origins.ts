import { resolveUrlTemplate } from "./templates";

function originOf(template: string, values: Record<string, string | null>): string {
  const resolved = resolveUrlTemplate(template, values);
  // While a value is missing nothing can be sent; the template itself then stands for where it leads.
  return resolved.ok
    ? new URL(resolved.url).origin
    : (/^[^/?#]*(?:\/\/[^/?#]*)?/.exec(template)?.[0] ?? template);
}

/** Origins among the second URLs that the first ones did not lead to: places that would see a secret for the first time. */
export function newOrigins(
  before: readonly (string | null)[],
  beforeValues: Record<string, string | null>,
  after: readonly (string | null)[],
  afterValues: Record<string, string | null>,
): string[] {
  const isSet = (template: string | null) => template !== null;
  const known = new Set(before.filter(isSet).map((template) => originOf(template, beforeValues)));
  const origins = after.filter(isSet).map((template) => originOf(template, afterValues));
  return [...new Set(origins)].filter((origin) => !known.has(origin));
}
