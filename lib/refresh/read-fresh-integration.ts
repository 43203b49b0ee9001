import type { Ctx } from "@/lib/auth/context";
import {
  getIntegrationData,
  type GetIntegrationInput,
  type IntegrationData,
  type OAuthCredentials,
} from "@/lib/integrations/get-integration-data";
import { AppError } from "@/lib/errors";
import { explainTrouble } from "@/lib/health/rules";
import { noteRead } from "./note-read";
import { provideToken } from "./provide-tokens";
import { refreshBehind } from "./refresh-behind";
import { JUST_REFRESHED, refreshConnection, type RefreshEnd } from "./refresh-connection";

/** How long a read waits for a token that has expired, before it answers without one. */
const READ_WAITS_MS = 20_000;

/**
 * Reads an integration with a token that works: one that is due is given as it is and refreshed behind; one that has
 * expired is refreshed first, and so is a due one where the service ends it by refreshing; one that comes by itself is
 * fetched. What hinders that is in `oauth.error`.
 * @throws AppError as {@link getIntegrationData}
 */
export async function readFreshIntegration(
  ctx: Ctx,
  input: GetIntegrationInput,
): Promise<IntegrationData | null> {
  const data = await getIntegrationData(ctx, input);
  const { oauth } = data ?? {};
  if (!data || !oauth) return data;
  if (oauth.connectionId && (oauth.accessToken !== null || oauth.need !== "none"))
    noteRead(ctx.db.pool, oauth.connectionId);
  if (oauth.need === "none") return data;
  if (oauth.need === "due" && oauth.connectionId) {
    refreshBehind(ctx, data.integrationId, oauth.connectionId);
    return data;
  }
  const end = await refreshFirst(ctx, oauth).catch((error: unknown) => {
    if (error instanceof AppError) return null;
    throw error;
  });
  const again = await getIntegrationData(ctx, input);
  if (!again?.oauth || end === null || end.ok || again.oauth.accessToken !== null) return again;
  // Where nothing could be tried, the reason for that stands in the answer already.
  if (end.why === "refused" && end.code !== "refresh_paused") return again;
  const error = { code: end.code, message: wordsFor(again.oauth, end) };
  return { ...again, oauth: { ...again.oauth, error } };
}

/** What hinders it, in our words alone for a reader whose connection it is not. */
function wordsFor(
  { ownsConnection, status }: OAuthCredentials,
  end: Extract<RefreshEnd, { ok: false }>,
): string {
  const isOurs =
    end.why === "busy" || end.why === "refused" || (end.why === "failed" && end.status === "superseded");
  if (ownsConnection || isOurs) return end.message;
  return end.code === "refresh_in_progress" ? JUST_REFRESHED : explainTrouble(end.code, status).what;
}

/** Null: nothing can be tried. */
async function refreshFirst(
  ctx: Ctx,
  { need, connectionId, mappingId, version }: OAuthCredentials,
): Promise<RefreshEnd | null> {
  const id = need === "missing" ? mappingId && (await provideToken(ctx, mappingId)) : connectionId;
  if (id === null) return null;
  const reason = need === "due_first" ? "due" : "read";
  // The version of a connection that served nobody yet is not known.
  const ifVersion = need === "missing" ? undefined : version;
  return refreshConnection(ctx, { connectionId: id, reason, ifVersion, waitMs: READ_WAITS_MS });
}
