import { resolveUrlTemplate } from "./templates";

interface Options {
  /** Hosts that a platform admin listed: there a value may be the whole host. */
  allowedHostSuffixes?: string[];
}

function originOf(template: string, values: Record<string, string | null>, options: Options): string {
  const resolved = resolveUrlTemplate(template, values, options);
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
  options: Options = {},
): string[] {
  const isSet = (template: string | null) => template !== null;
  const known = new Set(before.filter(isSet).map((template) => originOf(template, beforeValues, options)));
  const origins = after.filter(isSet).map((template) => originOf(template, afterValues, options));
  return [...new Set(origins)].filter((origin) => !known.has(origin));
}
