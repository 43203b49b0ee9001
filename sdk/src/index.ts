import { context, type Context } from "./context.ts";
import { type Integrations, integrationsOf } from "./integrations.ts";
import { type Organizations, organizationsOf } from "./organizations.ts";
import { type ClientOptions, readSettings } from "./settings.ts";

export { BifrostError, type BifrostErrorOptions, type FieldError } from "./bifrost-error.ts";
export { context, type Context, type ScopeOptions } from "./context.ts";
export type { IntegrationData, JsonValue, OAuthCredentials } from "./integration-data.ts";
export type { IntegrationMapping } from "./integration-mapping.ts";
export type { GetMappingOptions, Integrations, UpsertMappingOptions } from "./integrations.ts";
export type { Organization, Organizations } from "./organizations.ts";
export type { ClientOptions } from "./settings.ts";

export interface Client {
  integrations: Integrations;
  organizations: Organizations;
  /** The same for every client of the process. */
  context: Context;
}

/**
 * A client of one Bifrost server.
 * @throws BifrostError `not_configured`
 */
export function createClient(options: ClientOptions = {}): Client {
  const settings = readSettings(options);
  return {
    integrations: integrationsOf(() => settings),
    organizations: organizationsOf(() => settings),
    context,
  };
}

/** Of the server that BIFROST_URL and BIFROST_API_KEY name; they are read at each call. */
export const integrations: Integrations = integrationsOf(() => readSettings({}));
/** Of the same server. */
export const organizations: Organizations = organizationsOf(() => readSettings({}));
