import type { Tx } from "@/lib/db/client";
import { isConsentMoved, isTokenMoved } from "@/lib/oauth/grant-place";
import { newOrigins } from "@/lib/oauth/new-origins";
import { reloadTarget, type OAuthTarget, type Target } from "./load-target";
import type { ResolvedClient } from "./resolve-client";
import { templateValues } from "./rules";

/**
 * Whether what a token was asked for still holds: the same OAuth client asking for the same token of the same
 * customer, and no URL that would take the token elsewhere. It stays so until the transaction ends.
 */
export async function isUnchanged(tx: Tx, target: OAuthTarget, used: ResolvedClient): Promise<boolean> {
  const { integration, mapping } = target;
  await tx.$queryRaw`SELECT 1 FROM "Integration" WHERE "id" = ${integration.id}::uuid FOR SHARE`;
  if (mapping) await tx.$queryRaw`SELECT 1 FROM "Mapping" WHERE "id" = ${mapping.id}::uuid FOR SHARE`;
  const current = await reloadTarget(tx, target);
  const client = current?.integration.oauthClient;
  if (!client || client.clientId !== used.settings.clientId) return false;
  if (mapping?.entityId !== current.mapping?.entityId) return false;
  const [before, after] = [placesOf(target), placesOf(current)];
  const options = { allowedHostSuffixes: current.integration.apiHosts };
  if (newOrigins(before.urls, before.values, after.urls, after.values, options).length > 0) return false;
  const then = { client: integration.oauthClient, ...before };
  const now = { client, ...after };
  return !isTokenMoved(then, now) && !isConsentMoved(then, now);
}

function placesOf({ integration, entityId, fields }: Target) {
  const { oauthClient: client, testUrl, apiHosts } = integration;
  const urls = [client?.tokenUrl ?? null, client?.revocationUrl ?? null, testUrl];
  return { urls, apiHosts, values: templateValues(entityId, fields) };
}
