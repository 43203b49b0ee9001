import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { may, requirePermission } from "@/lib/auth/permissions";
import { AppError, parseInput } from "@/lib/errors";
import { revokeApiKeySchema } from "./schema.ts";

/**
 * Ends an API key at once and for good; its row stays, so that the audit log's words keep their meaning. Revoking twice
 * changes nothing.
 * @throws AppError `permission_denied`; `api_key_not_found`, for another organization's key too
 */
export async function revokeApiKey(
  ctx: Pick<Ctx, "actor" | "db" | "now">,
  input: { id: string },
): Promise<void> {
  const { id } = parseInput(revokeApiKeySchema, input);
  const now = ctx.now();
  await ctx.db.prisma.$transaction(async (tx) => {
    const key = await tx.apiKey.findUnique({
      where: { id },
      select: { name: true, prefix: true, organizationId: true },
    });
    if (!key || !may(ctx.actor, "api_keys.read", key.organizationId)) {
      throw new AppError("api_key_not_found", "There is no such API key. Go back to the list of API keys.");
    }
    requirePermission(ctx.actor, "api_keys.write", key.organizationId);
    const { count } = await tx.apiKey.updateMany({
      where: { id, revokedAt: null },
      data: { revokedAt: now },
    });
    if (count === 0) return;
    await recordAudit(tx, ctx.actor, now, {
      action: "api_key.revoke",
      target: { type: "api_key", id, label: `${key.name} (${key.prefix}…)` },
      organizationId: key.organizationId,
    });
  });
}
