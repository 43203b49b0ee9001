import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { seal, unseal, UnsealError } from "@/lib/crypto/seal";
import { AppError, parseInput } from "@/lib/errors";
import { requireEndpoint } from "./queries";
import { SECRET_OVERLAP_MS } from "./rules";
import { webhookIdSchema } from "./schema";
import { createSigningSecret } from "./sign-payload";

/**
 * Makes a new signing secret, shown this once. The former one signs as well for a day, so that the receiver can change over
 * without losing an event; the one before it is forgotten.
 * @throws AppError `permission_denied`, `webhook_not_found`, `conflict` for a format that is not signed
 */
export async function rotateSecret(
  ctx: Ctx,
  input: unknown,
): Promise<{ secret: string; previousUntil: Date }> {
  requirePermission(ctx.actor, "webhooks.write", null);
  const { id } = parseInput(webhookIdSchema, input);
  const secret = createSigningSecret();
  const now = ctx.now();
  const previousUntil = new Date(now.getTime() + SECRET_OVERLAP_MS);
  await ctx.db.prisma.$transaction(async (tx) => {
    const row = await requireEndpoint(tx, id);
    if (row.secret === null) {
      throw new AppError(
        "conflict",
        "Slack and Microsoft Teams check no signature, so there is no secret to rotate.",
      );
    }
    const place = (field: string) => ({ table: "WebhookEndpoint", id, field });
    const former = openFormer(ctx, id, row.secret);
    const { count } = await tx.webhookEndpoint.updateMany({
      where: { id, secret: row.secret },
      data: {
        secret: seal(ctx.keyring, place("secret"), secret),
        secretSetAt: now,
        secretSetBy: ctx.actor.label,
        previousSecret: former && seal(ctx.keyring, place("previousSecret"), former),
        previousSecretUntil: former && previousUntil,
      },
    });
    if (count === 0) {
      throw new AppError(
        "conflict",
        "Somebody rotated the secret in this moment. Look again before doing it anew.",
      );
    }
    await recordAudit(tx, ctx.actor, now, {
      action: "webhook.rotate_secret",
      target: { type: "webhook", id, label: row.name },
      organizationId: null,
      after: { secret: "changed", previousUntil: previousUntil.toISOString() },
    });
  });
  return { secret, previousUntil };
}

/** Null where its key is lost: a new secret is then the very thing that mends it. */
function openFormer({ keyring }: Ctx, id: string, sealed: string): string | null {
  try {
    return unseal(keyring, { table: "WebhookEndpoint", id, field: "secret" }, sealed);
  } catch (error) {
    if (error instanceof UnsealError) return null;
    throw error;
  }
}
