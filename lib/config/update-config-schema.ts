import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { uuidv7 } from "@/lib/db/id";
import type { Tx } from "@/lib/db/client";
import { AppError, parseInput } from "@/lib/errors";
import { convertFieldValues } from "./convert-field-values";
import { countChanges, judgeSchemaChange } from "./preview-schema-change";
import { lockConfigurable, type ConfigurableIntegration } from "./queries";
import { describeDrops, type FieldPlan } from "./rules";
import { type AcceptedDrops, updateConfigSchemaInput, type FieldChange } from "./schema";

/** Encrypting a field of ten thousand organizations is one transaction. */
const TIMEOUT_MS = 120_000;

export interface UpdateSchemaOptions {
  /** Whoever calls has what is dropped accepted in another way. */
  acceptsAllDrops?: boolean;
}

/**
 * Saves the config schema: fields in the order given, values following their field by its id. Text that becomes a secret is
 * encrypted in place; a secret that becomes anything else is dropped, never opened.
 * @returns the new version, and what the save did to stored values
 * @throws AppError `integration_not_found`, `permission_denied`, `validation_failed`; `conflict` when somebody saved
 * meanwhile, or when more values would be dropped than `acceptDrops` says: overrides come and go without a new version
 */
export async function updateConfigSchema(
  ctx: Ctx,
  raw: unknown,
  { acceptsAllDrops = false }: UpdateSchemaOptions = {},
): Promise<{ version: number; changes: FieldChange[] }> {
  const { acceptDrops, fields, ...input } = parseInput(updateConfigSchemaInput, raw);
  return ctx.db.prisma.$transaction(
    async (tx) => {
      const integration = await lockConfigurable(tx, ctx, input);
      const plans = judgeSchemaChange(integration, fields);
      const changes = await countChanges(tx, integration, plans);
      if (!acceptsAllDrops) refuseDrops(plans, changes, acceptDrops);
      for (const plan of plans) await convertFieldValues(tx, plan, ctx.keyring);
      await writeFields(tx, integration.id, plans);
      const { version } = await tx.integration.update({
        where: { id: integration.id },
        data: { version: { increment: 1 } },
      });
      await auditChange(ctx, tx, integration, plans, changes);
      return { version, changes };
    },
    { timeout: TIMEOUT_MS },
  );
}

function refuseDrops(plans: FieldPlan[], changes: FieldChange[], accepted: AcceptedDrops): void {
  const counts = new Map(accepted.map(({ id, values }) => [id, values]));
  if (changes.every(({ id, dropped }) => dropped.values <= (counts.get(id ?? "") ?? 0))) return;
  const drops = describeDrops(changes);
  const errors = plans.flatMap((plan, at) => {
    const change = changes[at];
    const [message] = change ? describeDrops([change]) : [];
    return message ? [{ path: plan.after ? `fields.${plan.index}.type` : "fields", message }] : [];
  });
  const next =
    accepted.length > 0
      ? "That is more than was shown before. Save again to look at it anew."
      : "Confirm to drop them.";
  throw new AppError("conflict", `${drops.join(" ")} Nothing was saved. ${next}`, { errors });
}

async function writeFields(tx: Tx, integrationId: string, plans: FieldPlan[]): Promise<void> {
  const removed = plans.flatMap(({ before, after }) => (before && !after ? [before.id] : []));
  await tx.configField.deleteMany({ where: { id: { in: removed } } });
  for (const { before, after } of plans) {
    if (!before || !after || before.key === after.key) continue;
    // Two fields may change names with each other, so every renamed one first takes a name that nobody has.
    await tx.configField.update({
      where: { id: before.id },
      data: { key: `t${before.id.replaceAll("-", "")}` },
    });
  }
  for (const { before, after, index } of plans) {
    if (!after) continue;
    const { id: _id, ...columns } = after;
    if (before)
      await tx.configField.update({ where: { id: before.id }, data: { ...columns, position: index } });
    else await tx.configField.create({ data: { ...columns, id: uuidv7(), integrationId, position: index } });
  }
}

async function auditChange(
  ctx: Ctx,
  tx: Tx,
  integration: ConfigurableIntegration,
  plans: FieldPlan[],
  changes: FieldChange[],
): Promise<void> {
  await recordAudit(tx, ctx.actor, ctx.now(), {
    action: "integration.update_schema",
    target: { type: "integration", id: integration.id, label: integration.name },
    organizationId: integration.organizationId,
    before: {
      fields: integration.configFields.map(({ key, type, required, description }) => ({
        key,
        type,
        required,
        description,
      })),
    },
    after: {
      fields: plans.flatMap(({ after }) =>
        after
          ? [
              {
                key: after.key,
                type: after.type,
                required: after.required,
                description: after.description,
              },
            ]
          : [],
      ),
      dropped: describeDrops(changes),
    },
  });
}
