/** Screens that make no sense, or harm, as the place to go after signing in. */
const NEVER = /^\/(sign-in|setup|oauth|api|_next)(\/|\?|$)/;

/**
 * The path to go to after signing in: one of this server, or "/" for anything else. A whole URL, `//host`, a
 * backslash and control characters (browsers drop tabs and line ends inside URLs) would lead elsewhere.
 */
export function safeNextPath(value: unknown): string {
  if (typeof value !== "string" || value.length > 2000 || !/^\/(?![/\\])/.test(value)) return "/";
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u0020\u007f\\]/.test(value)) return "/";
  const base = "http://bifrost.invalid";
  const url = URL.parse(value, base);
  if (url === null || url.origin !== base || url.pathname.startsWith("//")) return "/";
  const path = `${url.pathname}${url.search}${url.hash}`;
  return NEVER.test(path) ? "/" : path;
}
