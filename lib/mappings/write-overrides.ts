import type { Ctx } from "@/lib/auth/context";
import type { Keyring } from "@/lib/crypto/keyring";
import { seal, unseal } from "@/lib/crypto/seal";
import type { Tx } from "@/lib/db/client";
import type { ConfigField, ConfigValue, Prisma } from "@/lib/db/generated/client";
import { uuidv7 } from "@/lib/db/id";
import type { JsonValue } from "@/lib/integrations/rules";
import type { OverridableField, OverrideWrite } from "./rules";

/** A config field with its default and a mapping's override, and where the override is stored. */
export interface StoredOverridable extends OverridableField {
  stored: { id: string; sealed: string | null } | null;
}

type FieldWithDefault = ConfigField & { values: ConfigValue[] };

/** The fields with what one mapping overrides of them. */
export async function readFields(
  tx: Tx,
  fields: FieldWithDefault[],
  mappingId: string,
): Promise<StoredOverridable[]> {
  const overrides = await tx.configValue.findMany({ where: { mappingId } });
  const byField = new Map(overrides.map((value) => [value.fieldId, value]));
  return fields.map(({ id, key, type, values: [byDefault] }) => {
    const override = byField.get(id);
    return {
      id,
      key,
      type,
      default: byDefault && (byDefault.value as JsonValue),
      override: override && (override.value as JsonValue),
      stored: override ? { id: override.id, sealed: override.sealed } : null,
    };
  });
}

/** Whether a write brings the secret that is stored already: a script that sends the same one each night changes nothing. */
export function isSameSecret(
  keyring: Keyring,
  fields: readonly StoredOverridable[],
  { field, value }: OverrideWrite,
): boolean {
  const stored = fields.find(({ id }) => id === field.id)?.stored;
  if (field.type !== "secret" || value === null || !stored?.sealed) return false;
  try {
    return unseal(keyring, { table: "ConfigValue", id: stored.id, field: "value" }, stored.sealed) === value;
  } catch {
    // A secret that no key opens is replaced by the one sent.
    return false;
  }
}

/** Stores overrides in place of those before, secrets sealed; null removes one. */
export async function writeOverrides(
  ctx: Ctx,
  tx: Tx,
  { integrationId, mappingId }: { integrationId: string; mappingId: string },
  writes: readonly OverrideWrite[],
): Promise<void> {
  if (writes.length === 0) return;
  await tx.configValue.deleteMany({
    where: { mappingId, fieldId: { in: writes.map(({ field }) => field.id) } },
  });
  for (const { field, value } of writes) {
    if (value === null) continue;
    const id = uuidv7();
    const isSecret = field.type === "secret";
    const place = { table: "ConfigValue", id, field: "value" };
    const sealed = isSecret ? seal(ctx.keyring, place, String(value)) : null;
    // Not through Prisma, which would read keys such as `$type` in JSON as its own.
    await tx.$executeRaw`
      INSERT INTO "ConfigValue" ("id", "integrationId", "fieldId", "mappingId", "value", "sealed", "setAt", "setBy")
      VALUES (${id}::uuid, ${integrationId}::uuid, ${field.id}::uuid, ${mappingId}::uuid,
        ${isSecret ? null : JSON.stringify(value)}::jsonb, ${sealed}, ${ctx.now()}, ${ctx.actor.label})`;
  }
}

type Described = Record<string, Prisma.InputJsonValue | null>;

/** For the audit log: values before and after, a secret only as what was done to it. */
export function describeWrites(writes: readonly OverrideWrite[]): { before: Described; after: Described } {
  const before: Described = {};
  const after: Described = {};
  for (const { field, value } of writes) {
    const wasSet = field.override !== undefined;
    if (field.type === "secret") {
      before[field.key] = wasSet ? "set" : null;
      after[field.key] = value === null ? "cleared" : wasSet ? "changed" : "set";
    } else {
      before[field.key] = (field.override ?? null) as Prisma.InputJsonValue | null;
      after[field.key] = value as Prisma.InputJsonValue | null;
    }
  }
  return { before, after };
}
