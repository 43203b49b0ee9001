import { seal } from "@/lib/crypto/seal";
import type { Database } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import { testContext } from "../context";
import type { TokenService } from "./token-service";

export interface SeededGrant {
  /** Also the grant's name at the service. */
  connectionId: string;
  /** Of the integration. */
  name: string;
  integrationId: string;
  organizationId: string;
}

export interface SeedOptions {
  /** In seconds from now; an hour unless said. */
  expiresIn?: number;
  /** In seconds from now; as far as the expiry unless said. */
  dueIn?: number;
  unansweredPolicy?: "retry" | "never";
  /** How long before its expiry the schedule refreshes a token. */
  marginSeconds?: number;
}

/** What an admin enters of an integration at a service. */
export function integrationInput(
  service: TokenService,
  name: string,
  clientSecret = service.clientSecret,
): { name: string; apiHosts: string; oauth: Record<string, unknown> } {
  return {
    name,
    apiHosts: new URL(service.origin).host,
    oauth: {
      flowType: "authorization_code",
      clientId: "client-1",
      clientSecret,
      authorizationUrl: `${service.origin}/authorize`,
      tokenUrl: `${service.origin}/token`,
      revocationUrl: `${service.origin}/revoke`,
      scopes: "a",
      pkce: true,
    },
  };
}

/** An integration as if an admin had entered it. */
async function seedIntegration(
  db: Database,
  service: TokenService,
  options: SeedOptions,
): Promise<{ id: string; name: string }> {
  const [id, clientId, name] = [uuidv7(), uuidv7(), `Service_${uuidv7().slice(-12)}`];
  const { oauth, apiHosts } = integrationInput(service, name);
  const { flowType: _flow, scopes: _scopes, clientSecret: _secret, ...urls } = oauth;
  await db.prisma.callbackSlug.create({ data: { slug: name } });
  await db.prisma.integration.create({ data: { id, name, slug: name, apiHosts: [apiHosts] } });
  const place = { table: "OAuthClient", id: clientId, field: "clientSecret" };
  await db.prisma.oAuthClient.create({
    data: {
      ...(urls as { clientId: string; authorizationUrl: string; tokenUrl: string; pkce: boolean }),
      id: clientId,
      integrationId: id,
      flowType: "authorization_code",
      scopes: ["a"],
      clientSecret: seal(testContext(db).keyring, place, service.clientSecret),
      unansweredPolicy: options.unansweredPolicy ?? "retry",
      refreshMarginSeconds: options.marginSeconds ?? null,
    },
  });
  return { id, name };
}

/** An integration with grants as if each organization had consented a moment ago. */
export async function seedGrants(
  db: Database,
  service: TokenService,
  count: number,
  options: SeedOptions = {},
): Promise<SeededGrant[]> {
  const { expiresIn = 3_600, dueIn = expiresIn } = options;
  const integration = await seedIntegration(db, service, options);
  const { keyring } = testContext(db);
  const grants = Array.from({ length: count }, () => ({
    connectionId: uuidv7(),
    mappingId: uuidv7(),
    organizationId: uuidv7(),
  }));
  await db.prisma.organization.createMany({
    data: grants.map(({ organizationId: id }) => ({ id, name: `Organization ${id}` })),
  });
  await db.prisma.mapping.createMany({
    data: grants.map(({ mappingId: id, organizationId }) => ({
      id,
      integrationId: integration.id,
      organizationId,
    })),
  });
  const now = Date.now();
  await db.prisma.connection.createMany({
    data: grants.map(({ connectionId: id, mappingId }) => {
      const { accessToken, refreshToken } = service.issue(id);
      const sealed = (field: string, plain: string) =>
        seal(keyring, { table: "Connection", id, field }, plain);
      return {
        id,
        integrationId: integration.id,
        mappingId,
        status: "active" as const,
        accessToken: sealed("accessToken", accessToken),
        refreshToken: sealed("refreshToken", refreshToken),
        tokenType: "Bearer",
        tokenOrigin: service.origin,
        grantId: uuidv7(),
        attempt: 1,
        tokenVersion: 1,
        expiresAt: new Date(now + expiresIn * 1_000),
        dueAt: new Date(now + dueIn * 1_000),
        connectedAt: new Date(now),
        lastReadAt: new Date(now),
      };
    }),
  });
  return grants.map(({ connectionId, organizationId }) => ({
    connectionId,
    organizationId,
    integrationId: integration.id,
    name: integration.name,
  }));
}

/** As if a person had connected them anew. */
export async function grantAnew(
  db: Database,
  service: TokenService,
  connections: readonly { id: string }[],
): Promise<void> {
  const { keyring } = testContext(db);
  for (const { id } of connections) {
    const { accessToken, refreshToken } = service.issue(id);
    const sealed = (field: string, plain: string) => seal(keyring, { table: "Connection", id, field }, plain);
    await db.prisma.connection.update({
      where: { id },
      data: {
        status: "active",
        errorCode: null,
        errorMessage: null,
        errorSince: null,
        accessToken: sealed("accessToken", accessToken),
        refreshToken: sealed("refreshToken", refreshToken),
        grantId: uuidv7(),
        attempt: { increment: 1 },
        unanswered: null,
        leaseUntil: null,
        nextTryAt: null,
        attemptEndedAt: null,
        failures: 0,
        expiresAt: new Date(Date.now() + 3_600_000),
      },
    });
    await db.pool.query(`UPDATE "Connection" SET "tokenVersion" = "attempt" WHERE "id" = $1`, [id]);
  }
}
