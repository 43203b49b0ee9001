import type { Ctx } from "@/lib/auth/context";
import { readClock } from "@/lib/db/read-clock";
import { AppError } from "@/lib/errors";
import { requestClientCredentials } from "@/lib/oauth/token-requests";
import { describeExchangeFailure } from "./describe-exchange-failure";
import { ensureConnection } from "./ensure-connection";
import { isUnchanged } from "./is-unchanged";
import type { OAuthTarget } from "./load-target";
import type { ResolvedClient } from "./resolve-client";
import { grantOf, storeConnectFailure, storeGrant } from "./store-grant";

/**
 * Fetches a token for the client itself (RFC 6749 4.4) and stores it.
 * @throws AppError `service_unavailable` with the service's own words; the failure is also noted on the connection.
 * `connection_changed` where the token that came is for what the mapping or the settings no longer say
 */
export async function connectByClientCredentials(
  ctx: Ctx,
  target: OAuthTarget,
  client: ResolvedClient,
): Promise<void> {
  const owner = { integrationId: target.integration.id, mappingId: target.mapping?.id ?? null };
  let isStored: boolean;
  const requestedAt = (await readClock(ctx.db.pool)).toISOString();
  try {
    const answer = await requestClientCredentials(client.settings, { fetch: ctx.fetch });
    isStored = await ctx.db.prisma.$transaction(async (tx) => {
      if (!(await isUnchanged(tx, target, client))) return false;
      const row = await ensureConnection(tx, owner);
      const grant = grantOf(ctx, target, client, { answer, account: answer.account, requestedAt });
      await storeGrant(ctx, tx, target, row, grant);
      return true;
    });
  } catch (error) {
    const failure = describeExchangeFailure(error);
    if (!failure) throw error;
    await ctx.db.prisma.$transaction(async (tx) => {
      await ensureConnection(tx, owner);
      await storeConnectFailure(ctx, tx, target, failure);
    });
    throw new AppError("service_unavailable", failure.message, { cause: error });
  }
  if (!isStored) {
    throw new AppError(
      "connection_changed",
      "The mapping or the OAuth settings were changed while the service was asked. Connect again to use the new ones.",
    );
  }
}
