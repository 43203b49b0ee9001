import { uuidv7 } from "@/lib/db/id";
import { recordAudit } from "@/lib/audit/record-audit";
import type { UserActor } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { seal, unseal } from "@/lib/crypto/seal";
import { hashSecret } from "@/lib/crypto/secret-token";
import type { Tx } from "@/lib/db/client";
import { Prisma } from "@/lib/db/generated/client";
import { readClock } from "@/lib/db/read-clock";
import { AppError } from "@/lib/errors";
import { readCallbackError } from "@/lib/oauth/callback";
import { revokeTokens } from "@/lib/oauth/revoke";
import { exchangeCode } from "@/lib/oauth/token-requests";
import { describeExchangeFailure, type ExchangeFailure } from "./describe-exchange-failure";
import { ensureConnection } from "./ensure-connection";
import { identifyAccount } from "./identify-account";
import { isUnchanged } from "./is-unchanged";
import { auditTarget, isDeactivated, loadTarget, requireOAuth, type OAuthTarget } from "./load-target";
import { resolveClient, type ResolvedClient } from "./resolve-client";
import { holdReason } from "./rules";
import { grantOf, storeConnectFailure, storeGrant, type Grant } from "./store-grant";

/** How a callback ended. `refused` leaves everything as it was; the others have an integration to go back to. */
export type CompletedConnect =
  | { outcome: "connected" | "held" | "failed"; integrationId: string; organizationId: string | null }
  | { outcome: "refused"; reason: RefusalReason };

export type RefusalReason = "state_missing" | "state_unknown" | "forbidden" | "gone" | "deactivated";

/** How long a consent for another account or tenant waits for an admin's word. */
const HELD_GRANT_MS = 24 * 3_600_000;

interface ConsumedHandshake {
  id: string;
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
  // What it is for is loaded before it is consumed: an edit that comes in between takes the handshake along.
  const mine = ownHandshake(ctx, actor, callback.slug, state);
  const waiting = await findHandshake(ctx, mine);
  const target = waiting && (await findTarget(ctx, waiting).catch(refusedBy));
  const handshake = await consumeHandshake(ctx, mine);
  if (!handshake || !target) return { outcome: "refused", reason: "state_unknown" };
  if ("outcome" in target) return target;
  if (isDeactivated(target)) return { outcome: "refused", reason: "deactivated" };
  return exchange(ctx, target, handshake, callback.params, state).catch(refusedBy);
}

function refusedBy(error: unknown): CompletedConnect {
  if (!(error instanceof AppError)) throw error;
  return { outcome: "refused", reason: error.code === "permission_denied" ? "forbidden" : "gone" };
}

interface Waiting {
  integrationId: string;
  organizationId: string | null;
}

function ownHandshake(ctx: Ctx, { id, sid }: UserActor, slug: string, state: string): Prisma.Sql {
  return Prisma.sql`"stateHash" = ${hashSecret(state)} AND "userId" = ${id}::uuid AND "sid" = ${sid}::uuid
    AND "slug" = ${slug} AND "expiresAt" > ${ctx.now()}`;
}

async function findHandshake(ctx: Ctx, mine: Prisma.Sql): Promise<Waiting | null> {
  const rows = await ctx.db.prisma.$queryRaw<Waiting[]>`
    SELECT "integrationId", (SELECT m."organizationId" FROM "Mapping" m WHERE m."id" = "mappingId") AS "organizationId"
    FROM "Handshake" WHERE ${mine}`;
  return rows[0] ?? null;
}

async function consumeHandshake(ctx: Ctx, mine: Prisma.Sql): Promise<ConsumedHandshake | null> {
  const rows = await ctx.db.prisma.$queryRaw<ConsumedHandshake[]>`
    DELETE FROM "Handshake" WHERE ${mine} RETURNING "id", "redirectUri", "codeVerifier"`;
  return rows[0] ?? null;
}

async function findTarget(ctx: Ctx, waiting: Waiting): Promise<OAuthTarget> {
  const target = await loadTarget(ctx, waiting, "connections.connect");
  requireOAuth(target);
  return target;
}

async function exchange(
  ctx: Ctx,
  target: OAuthTarget,
  handshake: ConsumedHandshake,
  params: URLSearchParams,
  state: string,
): Promise<CompletedConnect> {
  const came = back(target);
  const refusal = readCallbackError(params);
  if (refusal) {
    const words = refusal.description ? `: “${refusal.description}”` : "";
    return fail(ctx, target, {
      code: refusal.error,
      message: `The service did not give its consent (${refusal.error})${words}. Connect again when that is settled.`,
    });
  }
  const requestedAt = (await readClock(ctx.db.pool)).toISOString();
  let client: ResolvedClient;
  let grant: Grant;
  try {
    client = resolveClient(ctx, target);
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
    const customer = target.mapping?.entityId ?? null;
    const previousTenant = target.connection?.accountTenant ?? null;
    const account = await identifyAccount(ctx, client.settings, answer, customer, previousTenant);
    grant = grantOf(ctx, target, client, { answer, account, requestedAt });
  } catch (error) {
    const failure = describeExchangeFailure(error);
    if (!failure) throw error;
    return fail(ctx, target, failure);
  }
  const stored = await ctx.db.prisma.$transaction((tx) => keepGrant(ctx, tx, client, target, grant));
  if (stored !== "superseded") return { outcome: stored, ...came };
  // What came cannot be kept, so it is given back, as far as the service takes it.
  await revokeTokens(client.settings, grant.answer, { fetch: ctx.fetch });
  return fail(ctx, target, {
    code: "settings_changed",
    message:
      "The OAuth settings were changed while you were at the service. Connect again to use the new ones.",
  });
}

function openVerifier(ctx: Ctx, { id, codeVerifier }: ConsumedHandshake): string | null {
  const place = { table: "Handshake", id, field: "codeVerifier" };
  return codeVerifier === null ? null : unseal(ctx.keyring, place, codeVerifier);
}

async function fail(ctx: Ctx, target: OAuthTarget, failure: ExchangeFailure): Promise<CompletedConnect> {
  await ctx.db.prisma.$transaction((tx) => storeConnectFailure(ctx, tx, target, failure));
  return { outcome: "failed", ...back(target) };
}

async function keepGrant(
  ctx: Ctx,
  tx: Tx,
  used: ResolvedClient,
  target: OAuthTarget,
  grant: Grant,
): Promise<"connected" | "held" | "superseded"> {
  const { integration, mapping } = target;
  if (!(await isUnchanged(tx, target, used))) return "superseded";
  const row = await ensureConnection(tx, { integrationId: integration.id, mappingId: mapping?.id ?? null });
  const previous =
    row.status === "not_connected" || row.kind === "derived"
      ? null
      : { subject: row.accountSubject, label: row.accountLabel, tenant: row.accountTenant };
  const reason = holdReason({ account: grant.account, previous, mappingEntityId: mapping?.entityId ?? null });
  if (reason === null) {
    await storeGrant(ctx, tx, target, row, grant);
    return "connected";
  }
  await holdGrant(ctx, tx, target, row.id, reason, grant);
  return "held";
}

/** Whose page the browser goes back to. */
function back({ integration, mapping }: OAuthTarget) {
  return { integrationId: integration.id, organizationId: mapping?.organizationId ?? null };
}

async function holdGrant(
  ctx: Ctx,
  tx: Tx,
  target: OAuthTarget,
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
    ...auditTarget(target),
    after: { reason, account: grant.account?.label ?? null, tenant: grant.account?.tenant ?? null },
  });
}
