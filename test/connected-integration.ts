import { randomUUID } from "node:crypto";
import type { UserActor } from "@/lib/auth/actor";
import { completeConnect } from "@/lib/connections/complete-connect";
import { startConnect } from "@/lib/connections/start-connect";
import type { Database } from "@/lib/db/client";
import { createIntegration } from "@/lib/integrations/create-integration";
import { testContext } from "./context";
import type { FaultyService } from "./oauth-service/faulty-service";

export interface ConnectedIntegration {
  integrationId: string;
  name: string;
  connectionId: string;
}

/** Creates an integration at a service and consents, as an admin would. */
export async function connectIntegration(
  db: Database,
  admin: UserActor,
  service: FaultyService,
  oauth: Record<string, unknown> = {},
  changes: Record<string, unknown> = {},
): Promise<ConnectedIntegration> {
  const { id, name } = await createIntegration(testContext(db, admin), {
    name: `Service_${randomUUID().slice(0, 8)}`,
    ...changes,
    oauth: {
      flowType: "authorization_code",
      clientId: "client-1",
      clientSecret: "canary-secret",
      authorizationUrl: service.url("/authorize"),
      tokenUrl: service.url("/token"),
      revocationUrl: service.url("/revoke"),
      scopes: "a",
      pkce: true,
      ...oauth,
    },
  });
  await consent(db, admin, id, name);
  const connection = await db.prisma.connection.findFirstOrThrow({ where: { integrationId: id } });
  return { integrationId: id, name, connectionId: connection.id };
}

/** Connects an integration, or connects it anew. */
export async function consent(
  db: Database,
  admin: UserActor,
  integrationId: string,
  slug: string,
): Promise<void> {
  const started = await startConnect(testContext(db, admin), { integrationId });
  if (started.kind === "connected") return;
  const state = new URL(started.url).searchParams.get("state") ?? "";
  const params = new URLSearchParams({ code: "c", state });
  await completeConnect(testContext(db, admin), { slug, params });
}
