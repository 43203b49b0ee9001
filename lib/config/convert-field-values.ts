import type { Keyring } from "@/lib/crypto/keyring";
import { seal } from "@/lib/crypto/seal";
import type { Tx } from "@/lib/db/client";
import type { JsonValue } from "@/lib/integrations/rules";
import { convertValue, type FieldPlan } from "./rules";
import type { FieldChange, ValueCount } from "./schema";

const BATCH = 1_000;

interface Row {
  id: string;
  isOverride: boolean;
  value: JsonValue;
}

type Outcome = "kept" | "converted" | "encrypted" | "dropped";

/** The keys to seal with; null: only count what would happen. */
type Apply = Keyring | null;

/**
 * Does to the stored values of one field what its plan says, batch by batch, or with `apply` null only counts it. A removed
 * field's values go with its row.
 */
export async function convertFieldValues(tx: Tx, plan: FieldPlan, apply: Apply): Promise<FieldChange> {
  const { before, after } = plan;
  const change: FieldChange = {
    id: before?.id ?? null,
    before: before && { key: before.key, type: before.type },
    after: after && { key: after.key, type: after.type },
    kept: none(),
    converted: none(),
    encrypted: none(),
    dropped: none(),
  };
  if (!before) return change;
  if (!after || plan.fate === "keep" || plan.fate === "drop") {
    change[plan.fate === "keep" ? "kept" : "dropped"] = await countValues(tx, before.id);
    if (apply && after && plan.fate === "drop")
      await tx.configValue.deleteMany({ where: { fieldId: before.id } });
    return change;
  }
  let last: string | null = null;
  for (;;) {
    const rows = await readBatch(tx, before.id, last);
    const writes: { id: string; value: JsonValue }[] = [];
    const drops: string[] = [];
    for (const row of rows) {
      const converted = convertValue(before.type, after.type, row.value);
      if (converted) writes.push({ id: row.id, value: converted.value });
      else drops.push(row.id);
      count(change[converted ? outcomeOf(plan) : "dropped"], row);
    }
    if (apply) await writeBatch(tx, after.type === "secret" ? apply : null, writes, drops);
    last = rows.at(-1)?.id ?? null;
    if (rows.length < BATCH) return change;
  }
}

function none(): ValueCount {
  return { values: 0, organizations: 0 };
}

function outcomeOf({ fate }: FieldPlan): Outcome {
  return fate === "encrypt" ? "encrypted" : "converted";
}

function count(into: ValueCount, row: Row): void {
  into.values += 1;
  if (row.isOverride) into.organizations += 1;
}

async function countValues(tx: Tx, fieldId: string): Promise<ValueCount> {
  const [row] = await tx.$queryRaw<[ValueCount]>`
    SELECT count(*)::int AS "values", count("mappingId")::int AS "organizations"
    FROM "ConfigValue" WHERE "fieldId" = ${fieldId}::uuid`;
  return row;
}

async function readBatch(tx: Tx, fieldId: string, after: string | null): Promise<Row[]> {
  return tx.$queryRaw<Row[]>`
    SELECT "id", "mappingId" IS NOT NULL AS "isOverride", "value" FROM "ConfigValue"
    WHERE "fieldId" = ${fieldId}::uuid AND "sealed" IS NULL AND (${after}::uuid IS NULL OR "id" > ${after}::uuid)
    ORDER BY "id" LIMIT ${BATCH}`;
}

async function writeBatch(
  tx: Tx,
  sealWith: Keyring | null,
  writes: { id: string; value: JsonValue }[],
  drops: string[],
): Promise<void> {
  if (drops.length > 0) await tx.configValue.deleteMany({ where: { id: { in: drops } } });
  if (writes.length === 0) return;
  const ids = writes.map(({ id }) => id);
  if (sealWith) {
    const sealed = writes.map(({ id, value }) =>
      seal(sealWith, { table: "ConfigValue", id, field: "value" }, String(value)),
    );
    await tx.$executeRaw`
      UPDATE "ConfigValue" v SET "value" = NULL, "sealed" = n."sealed"
      FROM unnest(${ids}::uuid[], ${sealed}::text[]) AS n("id", "sealed") WHERE v."id" = n."id"`;
    return;
  }
  const values = writes.map(({ value }) => JSON.stringify(value));
  await tx.$executeRaw`
    UPDATE "ConfigValue" v SET "value" = n."value"::jsonb
    FROM unnest(${ids}::uuid[], ${values}::text[]) AS n("id", "value") WHERE v."id" = n."id"`;
}
