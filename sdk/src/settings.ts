import { BifrostError } from "./bifrost-error.ts";

export interface ClientOptions {
  /** The address of the Bifrost server; BIFROST_URL unless given. */
  url?: string | undefined;
  /** An API key of it; BIFROST_API_KEY unless given. */
  apiKey?: string | undefined;
}

export interface Settings {
  /** An origin and perhaps a path, without a trailing slash. */
  url: string;
  apiKey: string;
}

interface Environment {
  process?: { env?: Record<string, string | undefined> };
}

/** @throws BifrostError `not_configured`, saying what to set */
export function readSettings(options: ClientOptions): Settings {
  const url = options.url ?? variable("BIFROST_URL");
  const apiKey = options.apiKey ?? variable("BIFROST_API_KEY");
  if (!url) {
    throw notConfigured(
      "Set BIFROST_URL to the address of your Bifrost server, or pass url to createClient.",
    );
  }
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (
    !parsed ||
    !/^https?:$/.test(parsed.protocol) ||
    parsed.username + parsed.password + parsed.search !== ""
  ) {
    throw notConfigured(
      `BIFROST_URL is not an address such as https://bifrost.example.com: ${url.split("@").at(-1)}`,
    );
  }
  if (!apiKey) {
    throw notConfigured(
      `Set BIFROST_API_KEY to an API key, or pass apiKey to createClient. Create one at ${parsed.origin}/settings/api-keys.`,
    );
  }
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw notConfigured("BIFROST_API_KEY holds spaces or letters that no API key has. Copy the key again.");
  }
  return { url: parsed.origin + parsed.pathname.replace(/\/+$/, ""), apiKey };
}

function variable(name: string): string | undefined {
  return (globalThis as Environment).process?.env?.[name];
}

function notConfigured(message: string): BifrostError {
  return new BifrostError("not_configured", message);
}
