import type { Ctx } from "@/lib/auth/context";
import { unseal } from "@/lib/crypto/seal";
import { AppError } from "@/lib/errors";
import { ensureConnection } from "./ensure-connection";
import { isUnchanged } from "./is-unchanged";
import { loadTarget, requireOAuth } from "./load-target";
import { resolveClient } from "./resolve-client";
import { storeGrant, type Grant } from "./store-grant";

/**
 * Uses the consent that was held because it is for another account or tenant; the tokens of before are replaced.
 * @throws AppError `connection_not_found` when nothing is held (any more), `connection_changed` when the settings moved on
 */
export async function acceptHeldGrant(ctx: Ctx, raw: unknown): Promise<void> {
  const target = await loadTarget(ctx, raw, "connections.connect");
  requireOAuth(target);
  const client = resolveClient(ctx, target);
  const owner = { integrationId: target.integration.id, mappingId: target.mapping?.id ?? null };
  await ctx.db.prisma.$transaction(async (tx) => {
    // An edit forgets what is held; one that is being committed is waited for.
    if (!(await isUnchanged(tx, target, client))) throw changed();
    const row = await ensureConnection(tx, owner);
    const held = await tx.heldGrant.findUnique({ where: { connectionId: row.id } });
    if (!held || held.expiresAt <= ctx.now()) throw nothingHeld();
    const place = { table: "HeldGrant", id: held.id, field: "sealedGrant" };
    const grant = JSON.parse(unseal(ctx.keyring, place, held.sealedGrant)) as Grant;
    if (grant.tokenOrigin !== client.tokenOrigin) throw changed();
    await storeGrant(ctx, tx, target, row, grant);
  });
}

function changed(): AppError {
  return new AppError("connection_changed", "The OAuth settings were changed since. Connect again.");
}

/** The error of a held consent that somebody decided on meanwhile, or that waited for too long. */
export function nothingHeld(): AppError {
  return new AppError(
    "connection_not_found",
    "No consent is waiting here any more. Connect again if you need to.",
  );
}
