import { z } from "@hono/zod-openapi";
import type { IntegrationData, OAuthCredentials } from "@/lib/integrations/get-integration-data";
import type { JsonValue } from "@/lib/integrations/rules";

const json = z.any().openapi({ description: "Any JSON value." }) as unknown as z.ZodType<JsonValue>;
const id = z.string().openapi({ format: "uuid" });

export const oauthCredentialsWire = z
  .object({
    connection_id: id.nullable(),
    connection_name: z.string().openapi({ description: "The integration's name." }),
    client_id: z.string().nullable(),
    client_secret: z.string().nullable(),
    authorization_url: z.string().nullable().openapi({ description: "Placeholders resolved." }),
    token_url: z.string().nullable().openapi({ description: "Placeholders resolved." }),
    scopes: z.array(z.string()),
    access_token: z.string().nullable().openapi({ description: "Null: `status` and `error` say why." }),
    refresh_token: z.string().nullable(),
    expires_at: z
      .string()
      .nullable()
      .openapi({ format: "date-time", description: "UTC; null: the service does not say." }),
    token_type: z.string().nullable(),
    version: z.int().openapi({ description: "Grows with every new token." }),
    status: z.enum(["not_connected", "active", "degraded", "reconnect_required"]),
    source: z.enum(["organization", "default", "derived"]).nullable().openapi({
      description: "Whose connection serves: the organization's own, or the integration's default.",
    }),
    entity_id: z
      .string()
      .nullable()
      .openapi({ description: "Whose token it is, as the service knows the customer." }),
    account: z.string().nullable().openapi({ description: "Who consented, as far as the service says." }),
    error: z.object({ code: z.string(), message: z.string() }).nullable().openapi({
      description:
        "Why there is no token (`not_connected`, `expired`, `permission_denied`), or what ails the connection.",
    }),
    extra: z
      .record(z.string(), json)
      .openapi({ description: "More of the service's answer, such as `instance_url`." }),
  })
  .openapi("OAuthCredentials");

export const integrationDataWire = z
  .object({
    integration_id: id,
    name: z.string(),
    organization_id: id
      .nullable()
      .openapi({ description: "Whom the answer is for; null: the defaults alone." }),
    entity_id: z.string().nullable().openapi({ description: "The customer's id at the service." }),
    entity_name: z.string().nullable(),
    config: z
      .record(z.string(), json)
      .openapi({ description: "Defaults with the organization's overrides." }),
    config_sources: z.record(z.string(), z.enum(["default", "organization"])),
    api_hosts: z.array(z.string()).openapi({
      description: "Hosts besides the one of `config.base_url` that the token may be sent to.",
    }),
    oauth: oauthCredentialsWire.nullable(),
  })
  .openapi("IntegrationData");

type OAuthWire = z.output<typeof oauthCredentialsWire>;
export type IntegrationDataWire = z.output<typeof integrationDataWire>;

/** The one place where an answer's names turn from ours into the wire's. */
export function integrationToWire(data: IntegrationData): IntegrationDataWire {
  return {
    integration_id: data.integrationId,
    name: data.name,
    organization_id: data.organizationId,
    entity_id: data.entityId,
    entity_name: data.entityName,
    config: data.config,
    config_sources: data.configSources,
    api_hosts: data.apiHosts,
    oauth: data.oauth && oauthToWire(data.oauth),
  };
}

export function oauthToWire(oauth: OAuthCredentials): OAuthWire {
  return {
    connection_id: oauth.connectionId,
    connection_name: oauth.connectionName,
    client_id: oauth.clientId,
    client_secret: oauth.clientSecret,
    authorization_url: oauth.authorizationUrl,
    token_url: oauth.tokenUrl,
    scopes: oauth.scopes,
    access_token: oauth.accessToken,
    refresh_token: oauth.refreshToken,
    expires_at: oauth.expiresAt?.toISOString() ?? null,
    token_type: oauth.tokenType,
    version: oauth.version,
    status: oauth.status,
    source: oauth.source,
    entity_id: oauth.entityId,
    account: oauth.account,
    error: oauth.error,
    extra: oauth.extra,
  };
}
