import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { AppError } from "@/lib/errors";

/**
 * An operator's word that no other copy of this database runs: from now on this address is the one on record, and
 * refreshing goes on.
 * @returns the address on record before; null where it was this one already
 * @throws AppError `permission_denied`
 */
export async function confirmRefreshing(ctx: Ctx): Promise<string | null> {
  if (ctx.actor.type !== "operator") {
    throw new AppError("permission_denied", "This is confirmed on the server's command line alone.");
  }
  return ctx.db.prisma.$transaction(async (tx) => {
    const installation = await tx.installation.findFirst();
    if (!installation || installation.publicUrl === ctx.publicUrl) return null;
    await tx.installation.update({ where: { id: installation.id }, data: { publicUrl: ctx.publicUrl } });
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "installation.confirm_refreshing",
      target: { type: "installation", id: installation.id, label: ctx.publicUrl },
      organizationId: null,
      before: { publicUrl: installation.publicUrl },
      after: { publicUrl: ctx.publicUrl },
    });
    return installation.publicUrl;
  });
}
