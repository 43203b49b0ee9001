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
import { storeFailure, storeUnsent } from "./store-failure";

/** How an attempt ended, as stored. */
export type AttemptEnd =
  | { ok: true; version: number }
  | { ok: false; code: string; message: string; status: "degraded" | "reconnect_required" | "superseded" };

/** Past this the lease could end while the answer is still waited for, so nothing is sent any more. */
const SEND_WITHIN_MS = 20_000;
const ANSWER_WITHIN_MS = 60_000;

/** Presents the token once, as claimed, and stores whatever came of it. Throws only for bugs. */
export async function runAttempt(
  services: Services,
  claim: Claim,
  reason: RefreshReason,
): Promise<AttemptEnd> {
  let client: ResolvedClient;
  let refreshToken: string | null;
  try {
    client = resolveClient(services, claim.row.source);
    requireSameOrigin(claim, client);
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
    const answer = await send(services, claim, client, refreshToken);
    return await storeAnswer(services, claim, reason, client, answer);
  } catch (error) {
    if (!(error instanceof OAuthServiceError)) throw error;
    if (error.kind === "unsent") {
      return storeUnsent(services, claim, reason, { code: "unreachable", message: error.message });
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
      if (performance.now() - claim.claimedAt <= SEND_WITHIN_MS) return;
      throw new OAuthServiceError("The connection to the service took too long.", { kind: "unsent" });
    },
  };
  return refreshToken === null
    ? requestClientCredentials(client.settings, io)
    : refreshTokens(client.settings, refreshToken, io);
}

/** Nothing secret of a grant goes anywhere but where the grant was made. */
function requireSameOrigin({ row }: Claim, client: ResolvedClient): void {
  if (row.tokenOrigin === client.tokenOrigin) return;
  throw new OAuthServiceError("The Token URL leads elsewhere than where this grant was made. Reconnect.", {
    kind: "unsent",
    code: "origin_changed",
  });
}

function openRefreshToken(services: Services, { row }: Claim): string | null {
  if (row.facts.flowType === "client_credentials") return null;
  const place = { table: "Connection", id: row.id, field: "refreshToken" };
  return unseal(services.keyring, place, row.refreshToken ?? "");
}
