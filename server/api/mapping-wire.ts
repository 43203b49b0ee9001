import { z } from "@hono/zod-openapi";
import type { JsonValue } from "@/lib/integrations/rules";
import type { IntegrationMapping } from "@/lib/mappings/schema";

const json = z.any().openapi({ description: "Any JSON value." }) as unknown as z.ZodType<JsonValue>;
const id = z.string().openapi({ format: "uuid" });
const time = z.string().openapi({ format: "date-time" });

export const integrationMappingWire = z
  .object({
    id,
    integration_id: id,
    organization_id: id,
    organization_name: z.string(),
    entity_id: z.string().nullable().openapi({ description: "The customer's id at the service." }),
    entity_name: z.string().nullable(),
    oauth_token_id: id
      .nullable()
      .openapi({ description: "The id of the mapping's own connection; null: it has none." }),
    config: z.record(z.string(), json).openapi({
      description: "The organization's overrides alone. Secrets are null without `credentials:read`.",
    }),
    created_at: time,
    updated_at: time,
  })
  .openapi("IntegrationMapping");

/** The one place where a mapping's names turn from ours into the wire's. */
export function mappingToWire(mapping: IntegrationMapping): z.output<typeof integrationMappingWire> {
  return {
    id: mapping.id,
    integration_id: mapping.integrationId,
    organization_id: mapping.organizationId,
    organization_name: mapping.organizationName,
    entity_id: mapping.entityId,
    entity_name: mapping.entityName,
    oauth_token_id: mapping.oauthTokenId,
    config: mapping.config,
    created_at: mapping.createdAt.toISOString(),
    updated_at: mapping.updatedAt.toISOString(),
  };
}

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Text of one line that a database takes. */
const line = (max: number) =>
  z
    .string({ error: "Send a text." })
    .min(1, "Send at least one character.")
    .max(max, `Send at most ${max} characters.`)
    .refine((text) => !CONTROL.test(text) && text.isWellFormed(), "Take the control characters out.");

export const entityIdWire = line(500);

/** The body of an upsert. An own check of `config`, as a z.record would drop keys that it does not like unseen. */
export const upsertBodyWire = z
  .strictObject(
    {
      entity_id: entityIdWire.openapi({
        description:
          "The customer's id at the service. On an integration that the organization does not own, only a key of the provider may change it; the value in force passes.",
      }),
      entity_name: line(200)
        .nullish()
        .openapi({ description: "Left out, it stays as it was; null clears it." }),
      config: z
        .custom<Record<string, JsonValue>>(
          (value) => typeof value === "object" && value !== null && !Array.isArray(value),
          "Send an object with a value for each key.",
        )
        .optional()
        .openapi({
          type: "object",
          additionalProperties: {},
          description:
            "Overrides by key, each of its field's type. Null removes one; keys not named stay as they were.",
        }),
    },
    { error: "Send an object with entity_id, and with entity_name and config where they change." },
  )
  .openapi("UpsertMapping");
