import type { Ctx } from "@/lib/auth/context";
import {
  getIntegrationData,
  type GetIntegrationInput,
  type IntegrationData,
} from "@/lib/integrations/get-integration-data";
import { AppError } from "@/lib/errors";
import { refreshBehind } from "./refresh-behind";
import { refreshConnection } from "./refresh-connection";

/** How long a read waits for a token that has expired, before it answers without one. */
const READ_WAITS_MS = 20_000;

/**
 * Reads an integration with a token that works: one that is due is given as it is and refreshed behind; one that has
 * expired is refreshed first. What hinders that is in `oauth.error`.
 * @throws AppError as {@link getIntegrationData}
 */
export async function readFreshIntegration(
  ctx: Ctx,
  input: GetIntegrationInput,
): Promise<IntegrationData | null> {
  const data = await getIntegrationData(ctx, input);
  const { oauth } = data ?? {};
  if (!data || !oauth?.connectionId || oauth.need === "none") return data;
  if (oauth.need === "due") {
    refreshBehind(ctx, data.integrationId, oauth.connectionId);
    return data;
  }
  // A reader who may not have the token does not make it either.
  if (oauth.error?.code === "permission_denied") return data;
  const end = await refreshConnection(ctx, {
    connectionId: oauth.connectionId,
    reason: "read",
    ifVersion: oauth.version,
    waitMs: READ_WAITS_MS,
  }).catch((error: unknown) => {
    if (error instanceof AppError) return null;
    throw error;
  });
  const again = await getIntegrationData(ctx, input);
  if (!again?.oauth || end === null || end.ok || again.oauth.accessToken !== null) return again;
  // Where nothing could be tried, the reason for that stands in the answer already.
  if (end.why === "refused" && end.code !== "refresh_paused") return again;
  return { ...again, oauth: { ...again.oauth, error: { code: end.code, message: end.message } } };
}
