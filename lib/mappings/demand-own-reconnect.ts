import type { Ctx } from "@/lib/auth/context";
import type { Tx } from "@/lib/db/client";
import { renewConnections } from "@/lib/connections/follow-values";
import { withoutAttempt, withoutGrant } from "@/lib/connections/rules";
import type { OAuthClient, Prisma } from "@/lib/db/generated/client";
import { uuidv7 } from "@/lib/db/id";
import { hasOwnTokenUrl, originChanged } from "@/lib/integrations/rules";
import {
  describeMove,
  type GrantPlace,
  isConsentMoved,
  isTokenMoved,
  isTokenPlaceWhole,
} from "@/lib/oauth/grant-place";
import { newOrigins } from "@/lib/oauth/new-origins";

interface Steered {
  organizationId: string | null;
  testUrl: string | null;
  apiHosts: string[];
  oauthClient: OAuthClient | null;
}

/** A mapping before or after an edit. */
export interface MappingState {
  entityId: string | null;
  /** Keys of its overrides. */
  overrides: string[];
  /** What stands for the placeholders there, the defaults included. */
  values: Record<string, string | null>;
}

/**
 * Asks for a new consent where a mapping's new values lead its own connection to another token: one of the old place must
 * not be refreshed at the new one, nor be taken for the new entity's. One that came without a person goes, and comes
 * anew from the new place.
 * @returns why, for the audit log; null where nothing is asked
 */
export async function demandOwnReconnect(
  ctx: Ctx,
  tx: Tx,
  { organizationId: ownerId, testUrl, apiHosts, oauthClient: client }: Steered,
  mappingId: string,
  before: MappingState,
  after: MappingState,
): Promise<string | null> {
  if (!client) return null;
  const urls = [client.tokenUrl, client.revocationUrl, testUrl];
  const options = { allowedHostSuffixes: apiHosts };
  const origins = newOrigins(urls, before.values, urls, after.values, options);
  const then = { client, values: before.values, apiHosts };
  const now = { client, values: after.values, apiHosts };
  const isMoved = origins.length > 0 || isTokenMoved(then, now);
  if (!isMoved && !isConsentMoved(then, now)) return null;
  const comesByItself: Prisma.ConnectionWhereInput[] = isMoved ? [{ kind: "derived" }] : [];
  const isOwnFetched = client.flowType === "client_credentials" && origins.length === 0;
  // Where the mapping no longer says what stands in the Token URL, its token goes too: the next would be the default entity's.
  const saysWhere = hasOwnTokenUrl(client.tokenUrl, before) || hasOwnTokenUrl(client.tokenUrl, after);
  if (isOwnFetched && ownerId === null && saysWhere) comesByItself.push({ kind: "own" });
  const forgotten = await tx.connection.updateMany({
    where: { mappingId, status: { not: "not_connected" }, OR: comesByItself },
    data: withoutGrant(uuidv7()),
  });
  // Any other is made by nothing but a person: forgotten, it would fall back to the default.
  const renewed = isOwnFetched && isTokenPlaceWhole(now) ? await renewOwn(tx, mappingId, now) : 0;
  const data =
    origins.length > 0
      ? originChanged(origins, ctx.now())
      : ({
          status: "reconnect_required",
          errorCode: "token_url_changed",
          errorMessage: `${describeMove(then, now, "This organization's")} Connect again, so that a token is made there.`,
          errorSince: ctx.now(),
        } as const);
  const { count } =
    renewed > 0
      ? { count: renewed }
      : await tx.connection.updateMany({
          where: {
            mappingId,
            kind: "own",
            status: { not: "not_connected" },
            // A new origin stays the reason until somebody connects: it keeps the tokens from being sent there.
            ...(origins.length > 0
              ? {}
              : {
                  OR: [{ status: { not: "reconnect_required" } }, { errorCode: { not: "origin_changed" } }],
                }),
          },
          data: { ...data, ...withoutAttempt(uuidv7()), dueAt: null },
        });
  await tx.handshake.deleteMany({ where: { mappingId } });
  await tx.heldGrant.deleteMany({ where: { connection: { mappingId } } });
  return count + forgotten.count > 0 ? data.errorCode : null;
}

async function renewOwn(tx: Tx, mappingId: string, place: GrantPlace): Promise<number> {
  const rows = await tx.connection.findMany({
    where: { mappingId, kind: "own", status: { in: ["active", "degraded"] } },
    select: { id: true },
  });
  const renewed = await renewConnections(
    tx,
    rows.map(({ id }) => ({ id, place })),
  );
  return renewed.size;
}
