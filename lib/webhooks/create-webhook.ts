import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { seal } from "@/lib/crypto/seal";
import { uuidv7 } from "@/lib/db/id";
import { AppError, parseInput } from "@/lib/errors";
import { sealCheckedUrl } from "./seal-checked-url";
import { requireFreeName } from "./require-free-name";
import { createWebhookSchema } from "./schema";
import { createSigningSecret } from "./sign-payload";

const MAX_ENDPOINTS = 50;

/**
 * Creates an endpoint. `secret` is its signing secret, shown this once; null for Slack and Teams, which check none.
 * @throws AppError `permission_denied`, `validation_failed`, `conflict`
 */
export async function createWebhook(
  ctx: Ctx,
  input: unknown,
): Promise<{ id: string; name: string; secret: string | null }> {
  requirePermission(ctx.actor, "webhooks.write", null);
  const { name, url, format, events } = parseInput(createWebhookSchema, input);
  const id = uuidv7();
  const secret = format === "standard" ? createSigningSecret() : null;
  const sealed = sealCheckedUrl(ctx, id, url);
  await ctx.db.prisma.$transaction(async (tx) => {
    if ((await tx.webhookEndpoint.count()) >= MAX_ENDPOINTS) {
      throw new AppError(
        "conflict",
        `There are ${MAX_ENDPOINTS} webhooks already. Delete one that is not needed.`,
      );
    }
    await requireFreeName(tx, name);
    await tx.webhookEndpoint.create({
      data: {
        id,
        name,
        format,
        events,
        ...sealed,
        secret: secret && seal(ctx.keyring, { table: "WebhookEndpoint", id, field: "secret" }, secret),
        secretSetAt: secret && ctx.now(),
        secretSetBy: secret && ctx.actor.label,
        createdBy: ctx.actor.label,
        createdAt: ctx.now(),
      },
    });
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "webhook.create",
      target: { type: "webhook", id, label: name },
      organizationId: null,
      after: { name, format, events, url: sealed.urlHint },
    });
  });
  return { id, name, secret };
}
