import { z } from "zod";
import { configObject } from "@/lib/config/schema";
import type { Trouble } from "@/lib/health/rules";
import type { ConfigFieldType, ConfigSource, ConnectionSource, JsonValue } from "@/lib/integrations/rules";
import type { ConnectionView } from "@/lib/integrations/schema";
import { searchWords } from "@/lib/search-words";
import { storable } from "@/lib/storable";

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Text of one line. Null clears it; left out, it stays as it is. */
const line = (name: string, max: number) =>
  storable(z.string({ error: `Send ${name} as a text.` }))
    .trim()
    .min(1, `Enter ${name}, or send null to clear it.`)
    .max(max, `Shorten ${name} to at most ${max} characters.`)
    .refine((text) => !CONTROL.test(text), `Take the control characters out of ${name}.`)
    .nullish();

/** An integration by its id, or by the name that the target organization knows it by. */
export interface IntegrationReference {
  integrationId?: string | undefined;
  integrationName?: string | undefined;
}

const reference = {
  integrationId: z.uuid("Send the integration's id.").optional(),
  integrationName: z.string().optional(),
};

const hasOneReference = (input: IntegrationReference) =>
  (input.integrationId === undefined) !== (input.integrationName === undefined);
const ONE_REFERENCE = { path: ["integrationId"], message: "Name the integration by its id or by its name." };

export const upsertMappingInput = z
  .object({
    ...reference,
    organizationId: z.uuid("Send the organization's id (a UUID)."),
    entityId: line("the entity ID", 500),
    entityName: line("the entity name", 200),
    /** By key: a value of the field's type, or null to remove the override. Keys not named stay. */
    config: configObject.optional(),
  })
  .refine(hasOneReference, ONE_REFERENCE);

export const deleteMappingInput = z
  .object({ ...reference, organizationId: z.uuid("Send the organization's id (a UUID).") })
  .refine(hasOneReference, ONE_REFERENCE);

export const listMappingsInput = z
  .object({
    ...reference,
    /** The id of the last mapping of the page before. */
    after: z
      .uuid()
      .nullish()
      .transform((id) => id ?? null),
    limit: z.number().int().min(1).max(500).default(100),
  })
  .refine(hasOneReference, ONE_REFERENCE);

/** A mapping as the contract has it; times are ISO 8601 on the wire. */
export interface IntegrationMapping {
  id: string;
  integrationId: string;
  organizationId: string;
  organizationName: string;
  entityId: string | null;
  entityName: string | null;
  /** The id of its own connection. */
  oauthTokenId: string | null;
  /** The overrides alone. A secret is null for a reader that may not have it. */
  config: Record<string, JsonValue>;
  createdAt: Date;
  updatedAt: Date;
}

export const MAPPING_FILTERS = ["all", "mapped", "unmapped", "missing", "attention"] as const;
export const MAPPING_STATUSES = ["not_connected", "active", "degraded", "reconnect_required"] as const;

/** The Mappings tab's state, as it stands in the URL. Made-up values fall back to the defaults. */
export const mappingListQuery = z.object({
  q: searchWords,
  filter: z.enum(MAPPING_FILTERS).catch("all").default("all"),
  status: z.enum(MAPPING_STATUSES).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(100_000).catch(1).default(1),
});
export type MappingListQuery = z.output<typeof mappingListQuery>;

/** Which connection speaks for an organization, and whose account it is. */
export interface ServingView {
  /** Null: none, and `reason` says why. */
  source: ConnectionSource | null;
  reason: string | null;
  status: (typeof MAPPING_STATUSES)[number];
  error: string | null;
  account: string | null;
  /** Whose token it is, as far as known: the tenant that the service named, else the entity it was asked for. */
  entityId: string | null;
  /** That is another one than the organization's entity. */
  isOtherEntity: boolean;
  /** The mapping itself says what stands in the token URL. */
  hasOwnTokenUrl: boolean;
}

/** One organization of the Mappings tab, mapped or not. */
export interface MappingRow {
  organization: { id: string; name: string; isActive: boolean };
  mapping: {
    id: string;
    entityId: string | null;
    entityName: string | null;
    overrides: number;
    /** Organizations that have the same entity ID here, three names at the most; empty: none. */
    sharesEntityWith: string[];
  } | null;
  /** Keys of required fields that neither a default nor an override fills. */
  missing: string[];
  /** Null: the integration has no OAuth. */
  connection:
    | (ServingView & {
        waiting: boolean;
        /** What ails its own connection; null too where the OAuth client is at fault, which is told once for all. */
        trouble: Trouble | null;
        waitsForClient: boolean;
      })
    | null;
  can: { write: boolean; steer: boolean; remove: boolean; connect: boolean };
}

export interface MappingRowPage {
  rows: MappingRow[];
  total: number;
  page: number;
  pageCount: number;
}

/** One value of what `get` would answer, with where it comes from. */
export interface EffectiveValue {
  fieldId: string;
  key: string;
  type: ConfigFieldType;
  required: boolean;
  description: string;
  /** Null: neither a default nor an override is set. */
  source: ConfigSource | null;
  /** Undefined where nothing is set, and for every secret. */
  value?: JsonValue;
  /** The default that an override stands in for. */
  default?: JsonValue;
  hasDefault: boolean;
  hasOverride: boolean;
  /** When and by whom the value in force was set; a secret shows no more than this. */
  setAt: string | null;
  setBy: string | null;
  /** The template or base URL that uses it: then only the provider may set it. */
  steers: string | null;
}

/** What `get` would answer for an organization, or with `organization` null for the defaults alone; no secret. */
export interface EffectiveResult {
  integrationId: string;
  name: string;
  organization: { id: string; name: string } | null;
  mappingId: string | null;
  entityId: string | null;
  entityIdSource: ConfigSource | null;
  entityName: string | null;
  values: EffectiveValue[];
  missing: string[];
  oauth:
    | (ServingView & {
        connectionId: string | null;
        hasAccessToken: boolean;
        /** The organization's own API keys get the token too, as far as they may read credentials. */
        ownKeysMayHave: boolean;
        expiresAt: string | null;
        clientId: string;
        /** Null: a placeholder has no value here. */
        authorizationUrl: string | null;
        tokenUrl: string | null;
      })
    | null;
  /** The organization has an integration of its own by this name, which `get` answers with instead. */
  shadowedBy: { id: string } | null;
}

/** Everything the screen of one organization's mapping shows; no secret. */
export interface MappingView {
  /** As stored; overrides stand in `values`. */
  effective: EffectiveResult;
  /** Null: not mapped yet. */
  mapping: { id: string; entityId: string | null; entityName: string | null } | null;
  /** What stands for the entity ID where the mapping has none. */
  defaultEntityId: string | null;
  /** Organizations that have the same entity ID here, three names at the most. */
  sharesEntityWith: string[];
  /** The organization's own; null when the integration has no OAuth. */
  connection: ConnectionView | null;
  /** The token that was made for it with the default consent; null: none. */
  derived: ConnectionView | null;
  can: {
    write: boolean;
    steer: boolean;
    remove: boolean;
    connect: boolean;
    /** Of a derived token: the default consent makes it, which serves others too. */
    refreshDerived: boolean;
    test: boolean;
  };
}
