import { getDomain } from "tldts";

export type TemplateValues = Record<string, string | null | undefined>;

type TemplateRefusal =
  "unresolved" | "empty" | "forbidden_position" | "bad_host_label" | "bad_component" | "invalid_url";

/** `text` is the URL as it was written, with the values in it; `url` the same as the URL parser writes it. */
export type ResolvedUrl =
  | { ok: true; url: string; text: string }
  | { ok: false; placeholder: string | null; reason: TemplateRefusal; message: string };

export const PLACEHOLDER = /\{([^{}]*)\}/g;
const TEMPLATE_URL = /^([^:/?#]*):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/s;
const HOST_LABELS = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
/** What the URL parser would drop, turn into a slash, or take for another separator. */
// oxlint-disable-next-line no-control-regex
const TREACHEROUS = /[\u0000-\u0020\u007f-\u00a0\\]/;
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;

/** The names in a template, each once, in order. */
export function listPlaceholders(template: string): string[] {
  return [...new Set([...template.matchAll(PLACEHOLDER)].map((match) => match[1] ?? ""))];
}

/** A template as far as no value matters. */
interface Template {
  scheme: string;
  host: string;
  port: string;
  path: string;
  query: string;
  fragment: string;
  names: string[];
  hostNames: string[];
  /** See {@link hasLiteralDomain}. */
  isRooted: boolean;
}

type Refusal = Extract<ResolvedUrl, { ok: false }>;

/** Settings change seldom and are resolved at every read, so what was parsed is kept. */
const parsed = new Map<string, Template | Refusal>();
const MOST_PARSED = 10_000;

function parseTemplate(template: string): Template | Refusal {
  const known = parsed.get(template);
  if (known) return known;
  if (parsed.size >= MOST_PARSED) parsed.clear();
  const made = parseAnew(template);
  parsed.set(template, made);
  return made;
}

function parseAnew(template: string): Template | Refusal {
  const leading = /^\{([^{}]*)\}/.exec(template)?.[1];
  if (leading !== undefined) {
    const message = `The URL must begin with https:// itself; {${leading}} may stand in the host, path or query only.`;
    return refuse(leading, "forbidden_position", message);
  }
  const parts = TEMPLATE_URL.exec(template);
  if (!parts || TREACHEROUS.test(template)) return refuse(null, "invalid_url", NOT_A_URL);
  const [, scheme = "", authority = "", path = "", query = "", fragment = ""] = parts;

  const port = /:([^:\]]*)$/.exec(authority.replace(PLACEHOLDER, (match) => match.replaceAll(":", "_")))?.[0];
  const at = authority.lastIndexOf("@");
  const host = authority.slice(at + 1, port ? -port.length : undefined);
  const misplaced =
    firstPlaceholder(scheme) ??
    firstPlaceholder(authority.slice(0, at + 1)) ??
    firstPlaceholder(port ?? "") ??
    firstPlaceholder(fragment);
  if (misplaced !== null) {
    return refuse(
      misplaced,
      "forbidden_position",
      `{${misplaced}} may stand in the host, path or query only.`,
    );
  }
  if (at >= 0) return refuse(null, "invalid_url", "Remove the user name and password from the URL.");
  return {
    scheme,
    host,
    port: port ?? "",
    path,
    query,
    fragment,
    names: listPlaceholders(template),
    hostNames: listPlaceholders(host),
    isRooted: hasLiteralDomain(host),
  };
}

/**
 * Puts values into a URL template so that none of them can change where the URL leads: percent-encoded as one component in
 * path and query, plain host labels left of a literal registrable domain in the host, nowhere else.
 *
 * `allowedHostSuffixes` are the hosts a platform admin listed: there a value may be the whole host.
 */
export function resolveUrlTemplate(
  template: string,
  values: TemplateValues,
  options: { allowedHostSuffixes?: string[] } = {},
): ResolvedUrl {
  const known = parseTemplate(template);
  if ("ok" in known) return known;
  for (const name of known.names) {
    const flaw = flawOf(name, values);
    if (flaw) return flaw;
  }
  const host = resolveHost(known, values, options.allowedHostSuffixes ?? []);
  if (typeof host !== "string") return host;
  const component = (text: string) =>
    text.replace(PLACEHOLDER, (_, name: string) => encode(valueOf(values, name)));
  const text = `${known.scheme}://${host}${known.port}${component(known.path)}${component(known.query)}${known.fragment}`;
  const url = /[{}]/.test(text) ? null : URL.parse(text);
  return url ? { ok: true, url: url.href, text } : refuse(null, "invalid_url", NOT_A_URL);
}

const NOT_A_URL = "This is not a URL. Enter a full one, such as https://login.example.com/{entity_id}/token.";

function resolveHost(
  { host: template, hostNames, isRooted }: Template,
  values: TemplateValues,
  allowedSuffixes: string[],
): string | Refusal {
  const [name] = hostNames;
  if (name === undefined) return template;
  const bad = hostNames.find((each) => !HOST_LABELS.test(valueOf(values, each)));
  if (bad !== undefined) {
    const message = `{${bad}} stands in a host name, where its value may have letters, digits, hyphens and dots only.`;
    return refuse(bad, "bad_host_label", message);
  }
  const host = template.replace(PLACEHOLDER, (_, each: string) => valueOf(values, each)).toLowerCase();
  const isListed = allowedSuffixes.some((suffix) => {
    const listed = suffix.toLowerCase().replace(/^\.|\.$/g, "");
    return listed !== "" && (host === listed || host.endsWith(`.${listed}`));
  });
  if (!HOST_LABELS.test(host) || host.length > 253 || (!isListed && !isRooted)) {
    const message = `{${name}} needs a whole domain behind it, as in {${name}}.example.com, so that no value can lead elsewhere.`;
    return refuse(name, "forbidden_position", message);
  }
  return host;
}

/** Whether what follows the last placeholder holds a domain that somebody registered, so that values can only choose below it. */
function hasLiteralDomain(hostTemplate: string): boolean {
  const rest = hostTemplate.slice(hostTemplate.lastIndexOf("}") + 1);
  const dot = rest.indexOf(".");
  if (dot < 0) return false;
  const tail = rest.slice(dot + 1).replace(/\.$/, "");
  // A host whose last label is a number is an IPv4 address to the URL parser.
  if (!HOST_LABELS.test(tail) || /(^|\.)(\d+|0x[0-9a-f]*)$/i.test(tail)) return false;
  return getDomain(tail, { allowPrivateDomains: false }) !== null;
}

/** What keeps a placeholder from being filled in, wherever it stands. */
export function flawOf(name: string, values: TemplateValues): Refusal | null {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  if (value === undefined || value === null) {
    return refuse(name, "unresolved", `{${name}} has no value here. Set it, or take it out of the settings.`);
  }
  if (value === "") return refuse(name, "empty", `{${name}} is empty here. Give it a value.`);
  if (value === "." || value === ".." || CONTROL.test(value) || !value.isWellFormed()) {
    return refuse(name, "bad_component", `The value of {${name}} cannot stand in a URL. Correct it.`);
  }
  return null;
}

export function valueOf(values: TemplateValues, name: string): string {
  return values[name] ?? "";
}

function encode(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function firstPlaceholder(text: string): string | null {
  return listPlaceholders(text)[0] ?? null;
}

function refuse(placeholder: string | null, reason: TemplateRefusal, message: string): Refusal {
  return { ok: false, placeholder, reason, message };
}
