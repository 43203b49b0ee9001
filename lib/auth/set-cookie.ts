/** One `Set-Cookie` line (RFC 6265 4.1), taken apart for an interface that wants its pieces. */
export interface ParsedSetCookie {
  name: string;
  value: string;
  path: string;
  httpOnly: boolean;
  secure: boolean;
  sameSite: "lax" | "strict" | "none";
  expires?: Date;
  maxAge?: number;
}

/** Reads a line that next-auth wrote; anything it does not set is as strict as can be. */
export function parseSetCookie(line: string): ParsedSetCookie {
  const [pair = "", ...rest] = line.split(";");
  const equals = pair.indexOf("=");
  const attributes = new Map(
    rest.map((attribute) => {
      const [name = "", value = ""] = attribute.trim().split(/=(.*)/s);
      return [name.toLowerCase(), value] as const;
    }),
  );
  const sameSite = attributes.get("samesite")?.toLowerCase();
  const maxAge = attributes.get("max-age");
  const expires = attributes.get("expires");
  return {
    name: pair.slice(0, equals),
    value: decodeURIComponent(pair.slice(equals + 1)),
    path: attributes.get("path") ?? "/",
    httpOnly: attributes.has("httponly"),
    secure: attributes.has("secure"),
    sameSite: sameSite === "lax" || sameSite === "none" ? sameSite : "strict",
    ...(maxAge === undefined ? {} : { maxAge: Number(maxAge) }),
    ...(expires === undefined ? {} : { expires: new Date(expires) }),
  };
}
