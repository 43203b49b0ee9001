import { BifrostError } from "./bifrost-error.ts";
import { type ScopeOptions, scopeOf } from "./context.ts";
import { type IntegrationAnswer, IntegrationData, type JsonValue } from "./integration-data.ts";
import { type IntegrationMapping, type MappingAnswer, mappingOf } from "./integration-mapping.ts";
import { read, readPages, write } from "./request.ts";
import type { Settings } from "./settings.ts";

export interface GetMappingOptions extends ScopeOptions {
  /** Only a mapping with this entity ID. Without any scope the provider's key searches all organizations. */
  entityId?: string | undefined;
}

export interface UpsertMappingOptions {
  /** The organization's id. */
  scope: string;
  /** The customer's id at the service. */
  entityId: string;
  /** Left out, it stays as it was; null clears it. */
  entityName?: string | null | undefined;
  /** Overrides by key; null removes one, keys not named stay as they were. */
  config?: Record<string, JsonValue> | undefined;
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
  /**
   * All mappings of an integration that the key may see, or null where there is no such integration.
   * @throws BifrostError
   */
  listMappings(name: string): Promise<IntegrationMapping[] | null>;
  /**
   * One mapping, or null where there is none.
   * @throws BifrostError, with code `ambiguous_mapping` where several organizations have the entity ID
   */
  getMapping(name: string, options?: GetMappingOptions): Promise<IntegrationMapping | null>;
  /**
   * Creates or updates an organization's mapping. Never sent twice: after a `connection_failed` look before calling again.
   * @throws BifrostError
   */
  upsertMapping(name: string, options: UpsertMappingOptions): Promise<IntegrationMapping>;
  /**
   * Deletes an organization's mapping with its overrides and its own connection. Never sent twice.
   * @returns whether there was one
   * @throws BifrostError
   */
  deleteMapping(name: string, options: { scope: string }): Promise<boolean>;
}

/** How long a read is repeated while the server refreshes an expired token: as long as an attempt's lease. */
const REFRESH_WAIT_MS = 90_000;
const REFRESH_POLL_MS = 500;
const NO_INTEGRATION = ["integration_not_found"];

export function integrationsOf(settingsOf: () => Settings): Integrations {
  const get: Integrations["get"] = async (name, options = {}) => {
    const settings = settingsOf();
    const path = integrationPath(name) + queryOf({ scope: scopeOf(options) });
    for (const until = Date.now() + REFRESH_WAIT_MS; ;) {
      const answer = (await read(settings, path, NO_INTEGRATION)) as IntegrationAnswer | null;
      const isRefreshing = answer?.oauth?.error?.code === "refresh_in_progress";
      if (!isRefreshing || Date.now() > until) return answer && new IntegrationData(settings, answer);
      await new Promise((resolve) => setTimeout(resolve, REFRESH_POLL_MS));
    }
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
    async listMappings(name) {
      const settings = settingsOf();
      const path = `${integrationPath(name)}/mappings`;
      const answers = await readPages<MappingAnswer>("mappings", (query) =>
        read(settings, path + query, NO_INTEGRATION),
      );
      return answers && answers.map(mappingOf);
    },
    async getMapping(name, { entityId, ...options } = {}) {
      if (entityId !== undefined) requireText("entityId", entityId);
      const path = `${integrationPath(name)}/mapping${queryOf({ scope: scopeOf(options), entity_id: entityId })}`;
      const answer = await read(settingsOf(), path, [...NO_INTEGRATION, "mapping_not_found"]);
      return answer === null ? null : mappingOf(answer as MappingAnswer);
    },
    async upsertMapping(name, { scope, entityId, entityName, config }) {
      requireText("entityId", entityId);
      const body = { entity_id: entityId, entity_name: entityName, config };
      return mappingOf((await write(settingsOf(), "PUT", mappingPath(name, scope), body)) as MappingAnswer);
    },
    async deleteMapping(name, { scope }) {
      const answer = (await write(settingsOf(), "DELETE", mappingPath(name, scope))) as { deleted: boolean };
      return answer.deleted;
    },
  };
}

function integrationPath(name: string): string {
  if (typeof name === "string" && name !== "" && name !== "." && name !== "..")
    return `/api/v1/integrations/${encodeURIComponent(name)}`;
  throw new BifrostError("validation_failed", "Give the integration's name, such as Microsoft_Graph.");
}

function mappingPath(name: string, scope: string): string {
  requireText("scope", scope);
  if (scope === "." || scope === "..") throw new BifrostError("validation_failed", "scope must be an id.");
  return `${integrationPath(name)}/mappings/${encodeURIComponent(scope)}`;
}

function requireText(option: string, value: unknown): void {
  if (typeof value === "string" && value !== "") return;
  throw new BifrostError("validation_failed", `${option} must be a text that is not empty.`);
}

function queryOf(parameters: Record<string, string | undefined>): string {
  const query = Object.entries(parameters)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join("&");
  return query === "" ? "" : `?${query}`;
}
