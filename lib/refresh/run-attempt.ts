import type { Services } from "@/lib/auth/context";
import { describeExchangeFailure } from "@/lib/connections/describe-exchange-failure";
import { resolveClient, type ResolvedClient } from "@/lib/connections/resolve-client";
import { unseal, UnsealError } from "@/lib/crypto/seal";
import { OAuthServiceError } from "@/lib/oauth/oauth-error";
import { refreshTokens, requestClientCredentials } from "@/lib/oauth/token-requests";
import type { TokenAnswer } from "@/lib/oauth/types";
import type { Claim } from "./claim-attempt";
import type { RefreshReason } from "./rules";
import { storeAnswer } from "./store-answer";
import { failureCodeOf, storeFailure, storeUnsent } from "./store-failure";

/** How an attempt ended, as stored. */
export type AttemptEnd =
  | { ok: true; version: number }
  | { ok: false; code: string; message: string; status: "degraded" | "reconnect_required" | "superseded" };

/** Past this the lease could end while the answer is still waited for, so nothing is sent any more. */
const SEND_WITHIN_MS = 20_000;
const ANSWER_WITHIN_MS = 60_000;

/**
 * Presents the token once, as claimed, and stores whatever came of it. Throws only for bugs.
 * @param onAnswered called when the service has nothing to do with it any more: what follows is ours
 */
export async function runAttempt(
  services: Services,
  claim: Claim,
  reason: RefreshReason,
  onAnswered: () => void = () => undefined,
): Promise<AttemptEnd> {
  let client: ResolvedClient;
  let refreshToken: string | null;
  try {
    client = resolveClient(services, claim.row.source);
    requireSameOrigin(claim, client);
    requireParent(claim);
    refreshToken = openRefreshToken(services, claim);
  } catch (error) {
    const failure =
      error instanceof UnsealError
        ? { code: "unsealable", message: error.message }
        : describeExchangeFailure(error);
    if (!failure) throw error;
    return storeUnsent(services, claim, reason, failure);
  }
  try {
    const answer = await send(services, claim, client, refreshToken).finally(onAnswered);
    return await storeAnswer(services, claim, reason, client, answer);
  } catch (error) {
    if (!(error instanceof OAuthServiceError)) throw error;
    if (error.kind === "unsent") {
      return storeUnsent(services, claim, reason, { code: failureCodeOf(error), message: error.message });
    }
    return storeFailure(services, claim, reason, error);
  }
}

function send(
  services: Services,
  claim: Claim,
  client: ResolvedClient,
  refreshToken: string | null,
): Promise<TokenAnswer> {
  const io = {
    fetch: services.fetch,
    timeoutMs: ANSWER_WITHIN_MS,
    beforeSend() {
      // What an earlier attempt may still bring is rare, and worth another look; so is another connection's token.
      const isRisk = refreshToken !== null && (claim.earlierUnanswered !== null || claim.row.facts.isDerived);
      return isRisk ? requireUnspent(services, claim).then(() => requireTime(claim)) : requireTime(claim);
    },
  };
  return refreshToken === null
    ? requestClientCredentials(client.settings, io)
    : refreshTokens(client.settings, refreshToken, io);
}

function requireTime({ claimedAt, claimedOn }: Claim): void {
  if (Math.max(performance.now() - claimedAt, Date.now() - claimedOn) <= SEND_WITHIN_MS) return;
  throw new OAuthServiceError("The connection to the service took too long.", {
    kind: "unsent",
    code: "too_late_to_send",
  });
}

const AS_CLAIMED = `SELECT FROM "Connection" WHERE "id" = $1 AND "grantId" = $2 AND "attempt" = $3 AND "tokenVersion" = $4
  AND "status" IN ('active', 'degraded') AND ($5::uuid IS NULL OR EXISTS (SELECT FROM "Connection" d WHERE d."id" = $5
    AND d."refreshToken" = $6 AND d."status" IN ('active', 'degraded')))`;

/**
 * An answer to an earlier attempt may have come since the claim: its successor is stored then, and this token is spent.
 * The token of a derived one's parent may have been replaced or refused as well.
 */
async function requireUnspent({ db }: Services, { row, attempt }: Claim): Promise<void> {
  const { parent } = row;
  const values = [
    row.id,
    row.grantId,
    attempt,
    row.tokenVersion,
    parent?.id ?? null,
    parent?.refreshToken ?? null,
  ];
  const found = await db.pool.query({ name: "as-claimed", text: AS_CLAIMED, values }).catch(() => null);
  if (found?.rowCount === 1) return;
  throw new OAuthServiceError("The connection changed before the request was sent.", {
    kind: "unsent",
    code: "changed_before_sending",
  });
}

/** Nothing secret of a grant goes anywhere but where the grant was made. */
function requireSameOrigin({ row }: Claim, client: ResolvedClient): void {
  if (row.tokenOrigin === client.tokenOrigin) return;
  throw new OAuthServiceError("The Token URL leads elsewhere than where this grant was made. Reconnect.", {
    kind: "unsent",
    code: "origin_changed",
  });
}

/**
 * A derived token is made with the default connection's refresh token, at the origin where that was given. One that was
 * refused there is not presented elsewhere: a new consent makes everything derived due at once.
 */
function requireParent({ row }: Claim): void {
  const { parent, facts } = row;
  if (!facts.isDerived) return;
  const isUsable =
    parent?.refreshToken != null && (parent.status === "active" || parent.status === "degraded");
  if (isUsable && parent.tokenOrigin === row.tokenOrigin) return;
  const message = isUsable
    ? "This organization's Token URL leads to another host than the default consent was given at."
    : "The default connection, whose consent this organization uses, needs a person: reconnect it.";
  throw new OAuthServiceError(message, { kind: "unsent", code: "default_connection_unusable" });
}

function openRefreshToken(services: Services, { row }: Claim): string | null {
  if (row.facts.flowType === "client_credentials") return null;
  const { id, refreshToken } = row.parent ?? row;
  return unseal(services.keyring, { table: "Connection", id, field: "refreshToken" }, refreshToken ?? "");
}
