import type { JsonValue } from "./integration-data.ts";

/** What ties an organization to an integration. */
export interface IntegrationMapping {
  readonly id: string;
  readonly integrationId: string;
  readonly organizationId: string;
  readonly organizationName: string;
  /** The customer's id at the service. */
  readonly entityId: string | null;
  readonly entityName: string | null;
  /** The id of the mapping's own connection. */
  readonly oauthTokenId: string | null;
  /** The organization's overrides alone; `IntegrationData.config` has them merged with the defaults. */
  readonly config: Record<string, JsonValue>;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** What the server answers, in its own names. */
export interface MappingAnswer {
  id: string;
  integration_id: string;
  organization_id: string;
  organization_name: string;
  entity_id: string | null;
  entity_name: string | null;
  oauth_token_id: string | null;
  config: Record<string, JsonValue>;
  created_at: string;
  updated_at: string;
}

export function mappingOf(answer: MappingAnswer): IntegrationMapping {
  return {
    id: answer.id,
    integrationId: answer.integration_id,
    organizationId: answer.organization_id,
    organizationName: answer.organization_name,
    entityId: answer.entity_id,
    entityName: answer.entity_name,
    oauthTokenId: answer.oauth_token_id,
    config: answer.config,
    createdAt: answer.created_at,
    updatedAt: answer.updated_at,
  };
}
