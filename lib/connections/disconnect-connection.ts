import { uuidv7 } from "@/lib/db/id";
import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { unseal } from "@/lib/crypto/seal";
import type { Connection } from "@/lib/db/generated/client";
import { AppError } from "@/lib/errors";
import { revokeTokens } from "@/lib/oauth/revoke";
import { describeExchangeFailure } from "./describe-exchange-failure";
import { isGrantedPlace } from "./is-granted-place";
import { auditTarget, loadTarget, requireOAuth, type OAuthTarget } from "./load-target";
import { resolveClient } from "./resolve-client";
import { withoutGrant } from "./rules";

/** What Disconnect did at the service; here the tokens are gone in every case. */
export interface Disconnected {
  revoked: boolean;
  message: string | null;
}

/**
 * Revokes the tokens at the service where a revocation URL is set (RFC 7009), then forgets them; with the default
 * connection's, those that were derived from its consent.
 * @throws AppError `integration_not_found`, `permission_denied`, `not_connected`, `connection_changed`
 */
export async function disconnectConnection(ctx: Ctx, raw: unknown): Promise<Disconnected> {
  const target = await loadTarget(ctx, raw, "connections.connect");
  requireOAuth(target);
  let row: Connection | null = target.connection;
  if (!row || row.status === "not_connected" || row.kind === "derived") {
    throw new AppError("not_connected", "There is nothing to disconnect: the integration is not connected.");
  }
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    const outcome = await revoke(ctx, target, row);
    if (await forget(ctx, target, row, outcome)) return outcome;
    // A refresh may have stored newer tokens of the same grant meanwhile: those live on at the service.
    const { id, grantId }: Connection = row;
    row = await ctx.db.prisma.connection.findUnique({ where: { id, grantId } });
    if (!row) break;
  }
  throw new AppError("connection_changed", "Somebody connected this integration anew meanwhile. Look again.");
}

/** More refreshes than one do not end while one token is revoked. */
const MOST_TRIES = 5;

/** @returns whether the tokens were still those that were revoked, and are gone now */
async function forget(
  ctx: Ctx,
  target: OAuthTarget,
  row: Connection,
  outcome: Disconnected,
): Promise<boolean> {
  return ctx.db.prisma.$transaction(async (tx) => {
    const cleared = await tx.connection.updateMany({
      where: { id: row.id, grantId: row.grantId, tokenVersion: row.tokenVersion },
      data: { ...withoutGrant(uuidv7()), disconnectedAt: ctx.now() },
    });
    if (cleared.count === 0) return false;
    if (row.mappingId === null) {
      await tx.connection.updateMany({
        where: { integrationId: row.integrationId, kind: "derived", status: { not: "not_connected" } },
        data: withoutGrant(uuidv7()),
      });
    }
    await tx.heldGrant.deleteMany({ where: { connectionId: row.id } });
    await tx.handshake.deleteMany({
      where: { integrationId: target.integration.id, mappingId: target.mapping?.id ?? null },
    });
    await recordAudit(tx, ctx.actor, ctx.now(), {
      action: "connection.disconnect",
      ...auditTarget(target),
      before: { status: row.status, account: row.accountLabel, tenant: row.accountTenant },
      after: { status: "not_connected", revoked: outcome.revoked, message: outcome.message },
    });
    return true;
  });
}

async function revoke(ctx: Ctx, target: OAuthTarget, row: Connection): Promise<Disconnected> {
  const { revocationUrl } = target.integration.oauthClient;
  if (revocationUrl === null) return { revoked: false, message: null };
  try {
    const { settings, tokenOrigin } = resolveClient(ctx, target);
    if (row.tokenOrigin !== tokenOrigin) {
      return {
        revoked: false,
        message: "The token was not revoked: the Token URL has changed since it was made.",
      };
    }
    if (!isGrantedPlace(target, row, revocationUrl)) {
      return {
        revoked: false,
        message:
          "The tokens were not revoked: the URLs lead elsewhere than when they were made. Revoke them at the service.",
      };
    }
    const open = (field: "accessToken" | "refreshToken") => {
      const sealed = row[field];
      return sealed === null ? null : unseal(ctx.keyring, { table: "Connection", id: row.id, field }, sealed);
    };
    const tokens = { accessToken: open("accessToken"), refreshToken: open("refreshToken") };
    const { revoked, error } = await revokeTokens(settings, tokens, { fetch: ctx.fetch });
    return { revoked, message: error && `The service did not revoke the tokens: ${error.message}` };
  } catch (error) {
    const failure = describeExchangeFailure(error);
    const reason = failure?.message ?? "they could not be opened with this installation's keys.";
    return { revoked: false, message: `The tokens were not revoked: ${reason}` };
  }
}
