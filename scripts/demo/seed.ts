import type { Ctx } from "@/lib/auth/context";
import { disconnectConnection } from "@/lib/connections/disconnect-connection";
import { createIntegration } from "@/lib/integrations/create-integration";
import { getIntegration, listIntegrations } from "@/lib/integrations/queries";
import { integrationListQuery, type IntegrationView } from "@/lib/integrations/schema";
import { updateIntegration } from "@/lib/integrations/update-integration";
import { createOrganization } from "@/lib/organizations/create-organization";
import { createSignInLink } from "@/lib/users/create-sign-in-link";
import { createUser } from "@/lib/users/create-user";
import { AppError } from "@/lib/errors";

export const DEMO_ADMIN = "admin@provider.example";
const INTEGRATION = "Microsoft_Graph";
const ORGANIZATIONS = ["Contoso", "Fabrikam", "Northwind Traders"];

/** Where this run of the demo's service answers, and the application registered there. */
export interface DemoService {
  /** `{entity_id}` stands for the tenant. */
  authorizationUrl: string;
  tokenUrl: string;
  revocationUrl: string;
  apiOrigin: string;
  clientId: string;
  clientSecret: string;
}

/**
 * Makes the demo's organizations, its admin and `Microsoft_Graph` ready for Connect; what is there already is kept. A
 * connection to a service that answers elsewhere now is ended.
 * @returns a link that signs the admin in, once
 */
export async function seedDemo(ctx: Ctx, providerId: string, service: DemoService): Promise<string> {
  for (const name of ORGANIZATIONS) await unlessThere(createOrganization(ctx, { name }));
  await unlessThere(
    createUser(ctx, {
      email: DEMO_ADMIN,
      name: "Demo admin",
      role: "platform_admin",
      organizationId: providerId,
    }),
  );
  await seedIntegration(ctx, service);
  return createSignInLink(ctx, { email: DEMO_ADMIN });
}

async function unlessThere(creation: Promise<unknown>): Promise<void> {
  await creation.catch((error: unknown) => {
    const isThere =
      error instanceof AppError && (error.code === "conflict" || error.code === "validation_failed");
    if (!isThere) throw error;
  });
}

async function seedIntegration(ctx: Ctx, service: DemoService): Promise<void> {
  const input = {
    name: INTEGRATION,
    description: "Microsoft Graph API connection (the demo's own service)",
    defaultEntityId: "common",
    testUrl: `${service.apiOrigin}/v1.0/users`,
    apiHosts: [new URL(service.apiOrigin).host],
    config: { base_url: `${service.apiOrigin}/v1.0` },
    oauth: {
      flowType: "authorization_code" as const,
      clientId: service.clientId,
      clientSecret: service.clientSecret,
      authorizationUrl: service.authorizationUrl,
      tokenUrl: service.tokenUrl,
      revocationUrl: service.revocationUrl,
      identityUrl: `${service.apiOrigin}/v1.0/me`,
      scopes: "offline_access Directory.Read.All",
      sendScopeOnRefresh: true,
      refreshTokensReusable: true,
      pkce: true,
    },
  };
  const existing = await findIntegration(ctx);
  if (!existing) {
    await createIntegration(ctx, { ...input, presetId: "microsoft-graph" });
    return;
  }
  const sameService = existing.oauth?.tokenUrl === service.tokenUrl && existing.testUrl === input.testUrl;
  if (sameService) return;
  if (existing.connection && existing.connection.status !== "not_connected") {
    await disconnectConnection(ctx, { integrationId: existing.id });
  }
  await updateIntegration(ctx, { ...input, id: existing.id, version: existing.version });
}

async function findIntegration(ctx: Ctx): Promise<IntegrationView | null> {
  const query = integrationListQuery.parse({ q: INTEGRATION, availableTo: "global" });
  const { rows } = await listIntegrations(ctx, query);
  const row = rows.find(({ name }) => name === INTEGRATION);
  return row ? getIntegration(ctx, row.id) : null;
}
