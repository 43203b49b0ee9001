import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { unseal, UnsealError } from "@/lib/crypto/seal";
import type { HeldGrant } from "@/lib/db/generated/client";
import { revokeTokens } from "@/lib/oauth/revoke";
import { nothingHeld } from "./accept-held-grant";
import { describeExchangeFailure } from "./describe-exchange-failure";
import { auditTarget, loadTarget, requireOAuth, type OAuthTarget } from "./load-target";
import { resolveClient } from "./resolve-client";
import type { Grant } from "./store-grant";

/**
 * Forgets the consent that was held and keeps the tokens of before; what came is revoked where the service can.
 * @throws AppError `connection_not_found` when nothing is held (any more)
 */
export async function discardHeldGrant(ctx: Ctx, raw: unknown): Promise<void> {
  const target = await loadTarget(ctx, raw, "connections.connect");
  requireOAuth(target);
  const held = target.connection?.heldGrant;
  if (!held) throw nothingHeld();
  await ctx.db.prisma.$transaction(async (tx) => {
    const deleted = await tx.heldGrant.deleteMany({ where: { id: held.id } });
    if (deleted.count === 0) throw nothingHeld();
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "connection.discard_held",
      ...auditTarget(target),
      before: { account: held.accountLabel, tenant: held.accountTenant },
    });
  });
  await revokeHeld(ctx, target, held);
}

/** The consent is forgotten already; that it cannot be revoked must not look as if it were still waiting. */
async function revokeHeld(ctx: Ctx, target: OAuthTarget, held: HeldGrant): Promise<void> {
  try {
    const { settings, tokenOrigin } = resolveClient(ctx, target);
    const place = { table: "HeldGrant", id: held.id, field: "sealedGrant" };
    const grant = JSON.parse(unseal(ctx.keyring, place, held.sealedGrant)) as Grant;
    if (grant.tokenOrigin === tokenOrigin) await revokeTokens(settings, grant.answer, { fetch: ctx.fetch });
  } catch (error) {
    if (!describeExchangeFailure(error) && !(error instanceof UnsealError)) throw error;
  }
}
