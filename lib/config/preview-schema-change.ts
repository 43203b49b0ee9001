import type { Ctx } from "@/lib/auth/context";
import type { Tx } from "@/lib/db/client";
import { AppError, parseInput } from "@/lib/errors";
import { convertFieldValues } from "./convert-field-values";
import { listTemplateUses, loadConfigurable, type ConfigurableIntegration } from "./queries";
import { planSchemaChange, usedBy, type FieldPlan } from "./rules";
import { previewSchemaChangeInput, type ConfigFieldInput, type FieldChange } from "./schema";

/** The many organizations of one integration may take a while to look through. */
const TIMEOUT_MS = 60_000;

/**
 * Says what an edit of the config schema would do to each field's stored values; nothing is changed.
 * @throws AppError `integration_not_found`, `permission_denied`, `conflict`, `validation_failed` with every field at fault
 */
export async function previewSchemaChange(ctx: Ctx, raw: unknown): Promise<{ changes: FieldChange[] }> {
  const input = parseInput(previewSchemaChangeInput, raw);
  return ctx.db.prisma.$transaction(
    async (tx) => {
      const integration = await loadConfigurable(tx, ctx, input);
      const plans = judgeSchemaChange(integration, input.fields);
      return { changes: await countChanges(tx, integration, plans) };
    },
    { timeout: TIMEOUT_MS },
  );
}

/**
 * Plans an edit.
 * @throws AppError `validation_failed` with every field at fault
 */
export function judgeSchemaChange(
  integration: ConfigurableIntegration,
  fields: ConfigFieldInput[],
): FieldPlan[] {
  const { plans, errors } = planSchemaChange(integration.configFields, fields, listTemplateUses(integration));
  const [first] = errors;
  if (first) throw new AppError("validation_failed", first.message, { errors });
  return plans;
}

/**
 * Counts what each plan does to stored values.
 * @throws AppError `validation_failed` where a value that a URL uses would be lost: the URL would lead elsewhere
 */
export async function countChanges(
  tx: Tx,
  integration: ConfigurableIntegration,
  plans: FieldPlan[],
): Promise<FieldChange[]> {
  const uses = listTemplateUses(integration);
  const changes: FieldChange[] = [];
  for (const plan of plans) {
    const change = await convertFieldValues(tx, plan, null);
    const label = plan.before && usedBy(plan.before.key, uses);
    if (label && change.dropped.values > 0) {
      const message = `{${plan.before?.key}} stands in the ${label}, and ${change.dropped.values} of its values are no ${plan.after?.type}. Correct these values first.`;
      throw new AppError("validation_failed", message, {
        errors: [{ path: `fields.${plan.index}.type`, message }],
      });
    }
    changes.push(change);
  }
  return changes;
}
