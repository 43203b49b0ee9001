import type { Pool } from "pg";
import type { Keyring } from "@/lib/crypto/keyring";
import { type SealedPlace, unseal } from "@/lib/crypto/seal";
import type { ConfigFieldType, StoredValue } from "./rules";

/** An integration's OAuth client, as far as an answer shows it; the secret is sealed. */
export interface ClientDefinition {
  id: string;
  clientId: string;
  clientSecret: string | null;
  flowType: "authorization_code" | "client_credentials";
  authorizationUrl: string | null;
  tokenUrl: string;
  scopes: string[];
  /** The service ends the old access token when it gives a new one. */
  refreshEndsAccessToken: boolean;
}

interface FieldDefinition {
  id: string;
  key: string;
  type: ConfigFieldType;
  default: StoredValue | null;
}

/** What of an integration is the same for every organization. */
export interface Definition {
  id: string;
  /** Changes with whatever of this changes. */
  stamp: string;
  name: string;
  /** Null: global. */
  ownerId: string | null;
  defaultEntityId: string | null;
  apiHosts: string[];
  policy: "default" | "derived" | "none";
  lendsDefaultToKeys: boolean;
  client: ClientDefinition | null;
  fields: FieldDefinition[];
}

const SQL = `
SELECT json_build_object(
  'id', i.id, 'stamp', i."definitionStamp", 'name', i.name, 'ownerId', i."organizationId",
  'defaultEntityId', i."defaultEntityId", 'apiHosts', i."apiHosts", 'policy', i."organizationPolicy",
  'lendsDefaultToKeys', i."lendsDefaultToKeys",
  'client', (SELECT json_build_object('id', c.id, 'clientId', c."clientId", 'clientSecret', c."clientSecret",
      'flowType', c."flowType", 'authorizationUrl', c."authorizationUrl", 'tokenUrl', c."tokenUrl", 'scopes', c.scopes,
      'refreshEndsAccessToken', c."refreshEndsAccessToken")
    FROM "OAuthClient" c WHERE c."integrationId" = i.id),
  'fields', (SELECT coalesce(json_agg(json_build_object('id', f.id, 'key', f.key, 'type', f.type, 'default',
      CASE WHEN d.id IS NOT NULL THEN json_build_object('id', d.id, 'value', d.value, 'sealed', d.sealed) END)
      ORDER BY f.position, f.key), '[]')
    FROM "ConfigField" f
    LEFT JOIN "ConfigValue" d ON d."fieldId" = f.id AND d."integrationId" = f."integrationId" AND d."mappingId" IS NULL
    WHERE f."integrationId" = i.id)
)::text AS definition FROM "Integration" i WHERE i.id = $1`;

const MOST_KEPT = 5_000;
const kept = new WeakMap<Pool, Map<string, Definition>>();

/** The definition as it was when it had this stamp, if it is in memory. */
export function knownDefinition(pool: Pool, id: string, stamp: string): Definition | null {
  const known = kept.get(pool)?.get(id);
  return known?.stamp === stamp ? known : null;
}

/** Reads a definition as it is now into memory. */
export async function readDefinition(pool: Pool, id: string): Promise<void> {
  const { rows } = await pool.query<{ definition: string }>({
    name: "read-definition",
    text: SQL,
    values: [id],
  });
  const text = rows[0]?.definition;
  if (text !== undefined) keep(pool, JSON.parse(text) as Definition);
}

function keep(pool: Pool, definition: Definition): void {
  const definitions = kept.get(pool) ?? new Map<string, Definition>();
  kept.set(pool, definitions);
  definitions.delete(definition.id);
  const oldest = definitions.size >= MOST_KEPT ? definitions.keys().next().value : undefined;
  if (oldest !== undefined) definitions.delete(oldest);
  definitions.set(definition.id, definition);
}

/** What was opened of a definition, for as long as the definition itself is kept. */
const opened = new WeakMap<Definition, { keyring: Keyring; texts: Map<string, string> }>();

/** Opens a secret of a definition once; what cannot be opened is tried again each time. @throws UnsealError */
export function openOfDefinition(
  keyring: Keyring,
  definition: Definition,
  place: SealedPlace,
  sealed: string,
): string {
  let memory = opened.get(definition);
  if (memory?.keyring !== keyring) {
    memory = { keyring, texts: new Map() };
    opened.set(definition, memory);
  }
  let text = memory.texts.get(place.id);
  if (text === undefined) {
    text = unseal(keyring, place, sealed);
    memory.texts.set(place.id, text);
  }
  return text;
}
