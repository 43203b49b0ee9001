import { uuidv7 } from "@/lib/db/id";
import { recordAudit } from "@/lib/audit/record-audit";
import type { UserActor } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { seal, unseal } from "@/lib/crypto/seal";
import { hashSecret } from "@/lib/crypto/secret-token";
import type { Tx } from "@/lib/db/client";
import { AppError } from "@/lib/errors";
import { readCallbackError } from "@/lib/oauth/callback";
import { revokeTokens } from "@/lib/oauth/revoke";
import { exchangeCode } from "@/lib/oauth/token-requests";
import { describeExchangeFailure, type ExchangeFailure } from "./describe-exchange-failure";
import { ensureConnection } from "./ensure-connection";
import { identifyAccount } from "./identify-account";
import { loadIntegration, requireOAuth, type OAuthIntegration } from "./load-integration";
import { resolveClient, type ResolvedClient } from "./resolve-client";
import { holdReason } from "./rules";
import { storeConnectFailure, storeGrant, type Grant } from "./store-grant";

/** How a callback ended. `refused` leaves everything as it was; the others have an integration to go back to. */
export type CompletedConnect =
  | { outcome: "connected" | "held" | "failed"; integrationId: string }
  | { outcome: "refused"; reason: RefusalReason };

export type RefusalReason = "state_missing" | "state_unknown" | "forbidden" | "gone";

/** How long a consent for another account or tenant waits for an admin's word. */
const HELD_GRANT_MS = 24 * 3_600_000;

interface ConsumedHandshake {
  id: string;
  integrationId: string;
  redirectUri: string;
  codeVerifier: string | null;
}

/**
 * Finishes a handshake (RFC 6749 4.1.2). The row is consumed in one statement that names state, person, session, slug and
 * time together, before `code` or `error` is looked at: nobody else can burn it, and nothing can be replayed.
 */
export async function completeConnect(
  ctx: Ctx,
  callback: { slug: string; params: URLSearchParams },
): Promise<CompletedConnect> {
  const { actor } = ctx;
  if (actor.type !== "user") return { outcome: "refused", reason: "forbidden" };
  const state = callback.params.get("state");
  if (!state) return { outcome: "refused", reason: "state_missing" };
  const handshake = await consumeHandshake(ctx, actor, callback.slug, state);
  if (!handshake) return { outcome: "refused", reason: "state_unknown" };
  const { integrationId } = handshake;
  try {
    const integration = await loadIntegration(ctx, integrationId, "connections.connect");
    requireOAuth(integration);
    return await exchange(ctx, integration, handshake, callback.params, state);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { outcome: "refused", reason: error.code === "permission_denied" ? "forbidden" : "gone" };
  }
}

async function consumeHandshake(ctx: Ctx, actor: UserActor, slug: string, state: string) {
  const rows = await ctx.db.prisma.$queryRaw<ConsumedHandshake[]>`
    DELETE FROM "Handshake"
    WHERE "stateHash" = ${hashSecret(state)} AND "userId" = ${actor.id}::uuid AND "sid" = ${actor.sid}::uuid
      AND "slug" = ${slug} AND "expiresAt" > ${ctx.now()}
    RETURNING "id", "integrationId", "redirectUri", "codeVerifier"`;
  return rows[0] ?? null;
}

async function exchange(
  ctx: Ctx,
  integration: OAuthIntegration,
  handshake: ConsumedHandshake,
  params: URLSearchParams,
  state: string,
): Promise<CompletedConnect> {
  const integrationId = integration.id;
  const refusal = readCallbackError(params);
  if (refusal) {
    const words = refusal.description ? `: “${refusal.description}”` : "";
    return fail(ctx, integration, {
      code: refusal.error,
      message: `The service did not give its consent (${refusal.error})${words}. Connect again when that is settled.`,
    });
  }
  const requestedAt = ctx.now().toISOString();
  let client: ResolvedClient;
  let grant: Grant;
  try {
    client = resolveClient(ctx, integration);
    const answer = await exchangeCode(
      client.settings,
      {
        callbackUrl: params,
        redirectUri: handshake.redirectUri,
        state,
        codeVerifier: openVerifier(ctx, handshake),
      },
      { fetch: ctx.fetch },
    );
    grant = {
      answer,
      account: await identifyAccount(ctx, client.settings, answer),
      requestedScopes: client.settings.scopes,
      requestedAt,
      tokenOrigin: client.tokenOrigin,
      templateValues: client.values,
      entityId: integration.defaultEntityId,
      connectedBy: ctx.actor.label,
    };
  } catch (error) {
    const failure = describeExchangeFailure(error);
    if (!failure) throw error;
    return fail(ctx, integration, failure);
  }
  const stored = await ctx.db.prisma.$transaction((tx) => keepGrant(ctx, tx, client, integration, grant));
  if (stored !== "superseded") return { outcome: stored, integrationId };
  // What came cannot be kept, so it is given back, as far as the service takes it.
  await revokeTokens(client.settings, grant.answer, { fetch: ctx.fetch });
  return fail(ctx, integration, {
    code: "settings_changed",
    message:
      "The OAuth settings were changed while you were at the service. Connect again to use the new ones.",
  });
}

function openVerifier(ctx: Ctx, { id, codeVerifier }: ConsumedHandshake): string | null {
  const place = { table: "Handshake", id, field: "codeVerifier" };
  return codeVerifier === null ? null : unseal(ctx.keyring, place, codeVerifier);
}

async function fail(
  ctx: Ctx,
  integration: OAuthIntegration,
  failure: ExchangeFailure,
): Promise<CompletedConnect> {
  await ctx.db.prisma.$transaction((tx) => storeConnectFailure(ctx, tx, integration, failure));
  return { outcome: "failed", integrationId: integration.id };
}

async function keepGrant(
  ctx: Ctx,
  tx: Tx,
  used: ResolvedClient,
  integration: OAuthIntegration,
  grant: Grant,
): Promise<"connected" | "held" | "superseded"> {
  await tx.$queryRaw`SELECT 1 FROM "Integration" WHERE "id" = ${integration.id}::uuid FOR SHARE`;
  const current = await tx.integration.findUnique({
    where: { id: integration.id },
    select: { version: true, oauthClient: { select: { clientId: true, tokenUrl: true } } },
  });
  if (!current?.oauthClient) return "superseded";
  const sameClient =
    current.version === integration.version ||
    (current.oauthClient.clientId === used.settings.clientId &&
      current.oauthClient.tokenUrl === integration.oauthClient.tokenUrl);
  if (!sameClient) return "superseded";
  const row = await ensureConnection(tx, integration.id);
  const previous =
    row.status === "not_connected"
      ? null
      : { subject: row.accountSubject, label: row.accountLabel, tenant: row.accountTenant };
  const reason = holdReason({ account: grant.account, previous, mappingEntityId: null });
  if (reason === null) {
    await storeGrant(ctx, tx, integration, row, grant);
    return "connected";
  }
  await holdGrant(ctx, tx, integration, row.id, reason, grant);
  return "held";
}

async function holdGrant(
  ctx: Ctx,
  tx: Tx,
  integration: OAuthIntegration,
  connectionId: string,
  reason: string,
  grant: Grant,
): Promise<void> {
  if (ctx.actor.type !== "user") throw new Error("Only a person's consent can be held.");
  const id = uuidv7();
  const now = ctx.now();
  await tx.heldGrant.deleteMany({ where: { connectionId } });
  await tx.heldGrant.create({
    data: {
      id,
      connectionId,
      userId: ctx.actor.id,
      reason,
      accountSubject: grant.account?.subject ?? null,
      accountLabel: grant.account?.label ?? null,
      accountTenant: grant.account?.tenant ?? null,
      sealedGrant: seal(ctx.keyring, { table: "HeldGrant", id, field: "sealedGrant" }, JSON.stringify(grant)),
      createdAt: now,
      expiresAt: new Date(now.getTime() + HELD_GRANT_MS),
    },
  });
  await recordAudit(tx, ctx.actor, now, {
    action: "connection.hold",
    target: { type: "integration", id: integration.id, label: integration.name },
    organizationId: integration.organizationId,
    after: { reason, account: grant.account?.label ?? null, tenant: grant.account?.tenant ?? null },
  });
}
