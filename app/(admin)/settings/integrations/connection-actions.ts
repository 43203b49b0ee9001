"use server";

import { runAction } from "@/app/run-action";
import type { IntegrationActions } from "@/components/integrations/integration-actions";
import { createApiKey } from "@/lib/api-keys/create-api-key";
import { acceptHeldGrant } from "@/lib/connections/accept-held-grant";
import { cancelHandshake } from "@/lib/connections/cancel-handshake";
import { discardHeldGrant } from "@/lib/connections/discard-held-grant";
import { disconnectConnection } from "@/lib/connections/disconnect-connection";
import { startConnect } from "@/lib/connections/start-connect";
import { testConnection } from "@/lib/connections/test-connection";
import { getIntegration } from "@/lib/integrations/queries";
import { refreshToken } from "@/lib/refresh/refresh-token";

type Answer<Name extends keyof IntegrationActions> = ReturnType<IntegrationActions[Name]>;

export async function connectAction(integrationId: string, organizationId?: string): Answer<"connect"> {
  return runAction((ctx) => startConnect(ctx, { integrationId, organizationId }));
}

export async function cancelConsentAction(
  integrationId: string,
  organizationId?: string,
): Answer<"cancelConsent"> {
  return runAction(async (ctx) => {
    await cancelHandshake(ctx, { integrationId, organizationId });
    return null;
  });
}

export async function acceptAccountAction(
  integrationId: string,
  organizationId?: string,
): Answer<"acceptAccount"> {
  return runAction(async (ctx) => {
    await acceptHeldGrant(ctx, { integrationId, organizationId });
    return null;
  });
}

export async function keepAccountAction(
  integrationId: string,
  organizationId?: string,
): Answer<"keepAccount"> {
  return runAction(async (ctx) => {
    await discardHeldGrant(ctx, { integrationId, organizationId });
    return null;
  });
}

export async function disconnectAction(integrationId: string, organizationId?: string): Answer<"disconnect"> {
  return runAction((ctx) => disconnectConnection(ctx, { integrationId, organizationId }));
}

export async function testConnectionAction(integrationId: string, organizationId?: string): Answer<"test"> {
  return runAction((ctx) => testConnection(ctx, { integrationId, organizationId }));
}

export async function refreshTokenAction(integrationId: string, organizationId?: string): Answer<"refresh"> {
  return runAction(async (ctx) => {
    await refreshToken(ctx, { integrationId, organizationId });
    return null;
  });
}

/** A key for the Use it panel: of the organization that the integration is for, with what a script needs. */
export async function createScriptKeyAction(integrationId: string): Answer<"createKey"> {
  return runAction(async (ctx) => {
    const integration = await getIntegration(ctx, integrationId);
    const { apiKey, key } = await createApiKey(ctx, {
      name: `${integration.name} scripts`,
      organizationId: integration.organization?.id,
      permissions: ["integrations:read", "credentials:read"],
    });
    return { name: apiKey.name, key };
  });
}
