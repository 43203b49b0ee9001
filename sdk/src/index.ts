import { BifrostError } from "./bifrost-error.ts";
import { type IntegrationAnswer, IntegrationData } from "./integration-data.ts";
import { read } from "./read.ts";
import { type ClientOptions, readSettings, type Settings } from "./settings.ts";

export { BifrostError, type BifrostErrorOptions, type FieldError } from "./bifrost-error.ts";
export type { IntegrationData, JsonValue, OAuthCredentials } from "./integration-data.ts";
export type { ClientOptions } from "./settings.ts";

/** Whom a call speaks for: an organization's id, or `"global"` for the defaults alone; left out, the key's own organization. */
export interface ScopeOptions {
  scope?: string | undefined;
  /** The same as `scope`; both may be given only if they agree. */
  orgId?: string | undefined;
}

export interface Integrations {
  /**
   * The integration of that name, or null where neither the organization nor the installation has one.
   * @throws BifrostError for everything else that goes wrong
   */
  get(name: string, options?: ScopeOptions): Promise<IntegrationData | null>;
  /**
   * The integration, with a usable token if it has OAuth.
   * @throws BifrostError also where it is missing or has no token, naming the screen that mends it
   */
  require(name: string, options?: ScopeOptions): Promise<IntegrationData>;
}

export interface Client {
  integrations: Integrations;
}

/**
 * A client of one Bifrost server.
 * @throws BifrostError `not_configured`
 */
export function createClient(options: ClientOptions = {}): Client {
  const settings = readSettings(options);
  return { integrations: integrationsOf(() => settings) };
}

/** Of the server that BIFROST_URL and BIFROST_API_KEY name; they are read at each call. */
export const integrations: Integrations = integrationsOf(() => readSettings({}));

function integrationsOf(settingsOf: () => Settings): Integrations {
  const get: Integrations["get"] = async (name, options = {}) => {
    const settings = settingsOf();
    const path = `/api/v1/integrations/${encodeName(name)}${scopeQuery(options)}`;
    const answer = await read(settings, path, ["integration_not_found"]);
    return answer === null ? null : new IntegrationData(settings, answer as IntegrationAnswer);
  };
  return {
    get,
    async require(name, options) {
      const integration = await get(name, options);
      if (!integration) {
        throw new BifrostError(
          "integration_not_found",
          `There is no integration "${name}" here. Check the name (case matters), or create it at ${settingsOf().url}/settings/integrations`,
          { status: 404 },
        );
      }
      if (integration.oauth) integration.requireToken();
      return integration;
    },
  };
}

function encodeName(name: string): string {
  if (typeof name === "string" && name !== "" && name !== "." && name !== "..")
    return encodeURIComponent(name);
  throw new BifrostError("validation_failed", "Give the integration's name, such as Microsoft_Graph.");
}

function scopeQuery({ scope, orgId }: ScopeOptions): string {
  for (const [option, value] of Object.entries({ scope, orgId })) {
    // Null or "" is an organization that somebody failed to look up: it must not turn into the key's own.
    if (value !== undefined && (typeof value !== "string" || value === "")) {
      throw new BifrostError(
        "validation_failed",
        `${option} must be an organization's id or "global", or left out.`,
      );
    }
  }
  if (scope !== undefined && orgId !== undefined && scope !== orgId) {
    throw new BifrostError(
      "validation_failed",
      "scope and orgId name different organizations. Give one of them.",
    );
  }
  const wanted = scope ?? orgId;
  return wanted === undefined ? "" : `?scope=${encodeURIComponent(wanted)}`;
}
