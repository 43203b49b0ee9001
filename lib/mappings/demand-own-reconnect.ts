import type { Ctx } from "@/lib/auth/context";
import type { Tx } from "@/lib/db/client";
import { withoutAttempt, withoutGrant } from "@/lib/connections/rules";
import type { OAuthClient, Prisma } from "@/lib/db/generated/client";
import { uuidv7 } from "@/lib/db/id";
import { originChanged } from "@/lib/integrations/rules";
import { newOrigins } from "@/lib/oauth/new-origins";
import { resolveUrlTemplate } from "@/lib/oauth/templates";

interface Steered {
  testUrl: string | null;
  apiHosts: string[];
  oauthClient: OAuthClient | null;
}

type Values = Record<string, string | null>;

/**
 * Asks for a new consent where a mapping's new values lead its own connection to another token URL: a token of the old place
 * must not be refreshed at the new one, nor be taken for the new entity's. One that came without a person goes, and comes
 * anew from the new place.
 * @returns why, for the audit log; null where nothing is asked
 */
export async function demandOwnReconnect(
  ctx: Ctx,
  tx: Tx,
  { testUrl, apiHosts, oauthClient: client }: Steered,
  mappingId: string,
  before: Values,
  after: Values,
): Promise<string | null> {
  if (!client) return null;
  const urls = [client.tokenUrl, client.revocationUrl, testUrl];
  const options = { allowedHostSuffixes: apiHosts };
  const origins = newOrigins(urls, before, urls, after, options);
  const resolve = (values: Values) => resolveUrlTemplate(client.tokenUrl, values, options);
  const tokenUrl = resolve(after);
  const isMoved = JSON.stringify(tokenUrl) !== JSON.stringify(resolve(before));
  if (origins.length === 0 && !isMoved) return null;
  const comesByItself: Prisma.ConnectionWhereInput[] = [{ kind: "derived" }];
  if (client.flowType === "client_credentials" && origins.length === 0) comesByItself.push({ kind: "own" });
  const forgotten = await tx.connection.updateMany({
    where: { mappingId, status: { not: "not_connected" }, OR: comesByItself },
    data: withoutGrant(uuidv7()),
  });
  const where = tokenUrl.ok ? `now leads to ${tokenUrl.url}` : "now lacks a value";
  const data =
    origins.length > 0
      ? originChanged(origins, ctx.now())
      : ({
          status: "reconnect_required",
          errorCode: "token_url_changed",
          errorMessage: `This organization's Token URL ${where}. Connect again, so that a token is made there.`,
          errorSince: ctx.now(),
        } as const);
  const { count } = await tx.connection.updateMany({
    where: {
      mappingId,
      status: { not: "not_connected" },
      // A new origin stays the reason until somebody connects: it keeps the tokens from being sent there.
      ...(origins.length > 0
        ? {}
        : { OR: [{ status: { not: "reconnect_required" } }, { errorCode: { not: "origin_changed" } }] }),
    },
    data: { ...data, ...withoutAttempt(uuidv7()), dueAt: null },
  });
  await tx.handshake.deleteMany({ where: { mappingId } });
  await tx.heldGrant.deleteMany({ where: { connection: { mappingId } } });
  return count + forgotten.count > 0 ? data.errorCode : null;
}
