import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { UserActor } from "@/lib/auth/actor";
import { setDefaults } from "@/lib/config/set-defaults";
import { disconnectConnection } from "@/lib/connections/disconnect-connection";
import { refreshConnection } from "@/lib/refresh/refresh-connection";
import { connectIntegration, consent } from "@/test/connected-integration";
import { seedOrganization, seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedConnection, seedIntegration, seedMapping } from "@/test/integrations";
import { startFaultyService, type FaultyService } from "@/test/oauth-service/faulty-service";
import { rotateTokens } from "@/test/rotating-service";
import { createWebhook } from "./create-webhook";
import { disableWebhook } from "./disable-webhook";
import { enableWebhook } from "./enable-webhook";
import { purgeWebhooks } from "./purge-webhooks";
import { WEBHOOK_EVENT_TYPES } from "./rules";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let admin: UserActor;
let service: FaultyService;
let webhookId: string;

beforeAll(async () => {
  db = await openTestDatabase();
  admin = await seedUser(db, "platform_admin");
  service = await startFaultyService();
  const webhook = { name: "All", format: "standard", url: service.url("/hook"), events: WEBHOOK_EVENT_TYPES };
  webhookId = (await createWebhook(testContext(db), webhook)).id;
});
beforeEach(async () => {
  await db.prisma.webhookEvent.deleteMany();
});
afterAll(async () => {
  await service.close();
  await db.close();
});

const told = async () =>
  (await db.prisma.webhookEvent.findMany({ orderBy: { occurredAt: "asc" } })).map(({ type, code }) =>
    code === null ? type : `${type} ${code}`,
  );
const refresh = (connectionId: string) =>
  refreshConnection(testContext(db), { connectionId, reason: "button", waitMs: 0 });
/** As if the pause after the last attempt had passed. */
const rest = (id: string) =>
  db.prisma.connection.update({ where: { id }, data: { attemptEndedAt: null, nextTryAt: null } });

async function connected(oauth: Record<string, unknown> = {}) {
  rotateTokens(service);
  const made = await connectIntegration(db, admin, service, oauth);
  return made;
}

describe("the outbox", () => {
  it("tells of a refused grant with its names, and of its mend by a reconnect", async () => {
    const { connectionId, integrationId, name } = await connected();
    expect(await told()).toEqual([]);
    service.enqueue("/token", {
      status: 400,
      body: { error: "invalid_grant", error_description: "Revoked by Ada." },
    });
    await refresh(connectionId);
    const [event] = await db.prisma.webhookEvent.findMany();
    expect(event).toMatchObject({
      type: "connection.reconnect_required",
      connectionId,
      integrationId,
      integrationName: name,
      organizationId: null,
      status: "reconnect_required",
      code: "invalid_grant",
      mends: [],
      path: `/settings/integrations/${integrationId}`,
      spreadAt: null,
    });
    expect(event?.message).toContain("Revoked by Ada.");
    await consent(db, admin, integrationId, name);
    const recovered = await db.prisma.webhookEvent.findFirst({ where: { type: "connection.recovered" } });
    expect(recovered).toMatchObject({
      connectionId,
      status: "active",
      code: null,
      mends: ["connection.reconnect_required"],
    });
    expect(await db.prisma.webhookIncident.count()).toBe(0);
  });

  it("tells of a token that nothing can refresh, and where no answer came and none may be asked for again", async () => {
    const { connectionId } = await connected({ unansweredPolicy: "never" });
    await db.prisma.connection.update({
      where: { id: connectionId },
      data: { unanswered: 1, expiresAt: new Date(0) },
    });
    await refresh(connectionId);
    expect(await told()).toEqual(["connection.reconnect_required answer_lost"]);
  });

  it("says nothing of passing trouble", async () => {
    const { connectionId } = await connected();
    service.enqueue("/token", { status: 503, body: "busy" });
    await refresh(connectionId);
    await rest(connectionId);
    await refresh(connectionId);
    expect(await told()).toEqual([]);
  });

  it("tells of an organization's own connection by that organization's name and screen, moved URLs included", async () => {
    const organization = await seedOrganization(db, "Northwind");
    const { id: integrationId } = await seedIntegration(db, { name: "Moved", oauth: {} });
    const { id: mappingId } = await seedMapping(db, integrationId, organization.id, { entityId: "a" });
    const { id } = await seedConnection(db, integrationId, { mappingId });
    await db.prisma.configField.create({
      data: { integrationId, key: "subdomain", type: "string", position: 0 },
    });
    await db.prisma.oAuthClient.update({
      where: { integrationId },
      data: { tokenUrl: "https://{subdomain}.example.com/token" },
    });
    await setDefaults(testContext(db, admin), { integrationId, version: 1, values: { subdomain: "eu" } });
    const events = await db.prisma.webhookEvent.findMany();
    expect(events).toMatchObject([
      {
        type: "connection.reconnect_required",
        connectionId: id,
        organizationId: organization.id,
        organizationName: "Northwind",
        path: `/settings/integrations/${integrationId}/mappings/${organization.id}`,
      },
    ]);
  });

  it("tells a trouble once, however its reason or its colour changes until it ends", async () => {
    const { connectionId } = await connected();
    const become = (status: "reconnect_required" | "degraded" | "active") =>
      db.prisma.connection.update({ where: { id: connectionId }, data: { status } });
    await become("reconnect_required");
    await become("degraded");
    await become("reconnect_required");
    await become("active");
    await become("reconnect_required");
    expect(await told()).toEqual([
      "connection.reconnect_required",
      "connection.recovered",
      "connection.reconnect_required",
    ]);
  });

  it("tells the mend of a connection that was disconnected in between, when it is connected again", async () => {
    const { connectionId, integrationId, name } = await connected();
    await db.prisma.connection.update({
      where: { id: connectionId },
      data: { status: "reconnect_required" },
    });
    await disconnectConnection(testContext(db, admin), { integrationId });
    expect(await told()).toEqual(["connection.reconnect_required"]);
    await consent(db, admin, integrationId, name);
    expect(await told()).toEqual(["connection.reconnect_required", "connection.recovered"]);
  });

  it("tells no mend before there is a token", async () => {
    const { connectionId } = await connected();
    const { accessToken } = await db.prisma.connection.findUniqueOrThrow({ where: { id: connectionId } });
    const become = (data: { status: "reconnect_required" | "active"; accessToken: string | null }) =>
      db.prisma.connection.update({ where: { id: connectionId }, data });
    await become({ status: "reconnect_required", accessToken: null });
    await become({ status: "active", accessToken: null });
    expect(await told()).toEqual(["connection.reconnect_required"]);
    await become({ status: "active", accessToken });
    expect(await told()).toEqual(["connection.reconnect_required", "connection.recovered"]);
  });

  it("tells of an OAuth client at fault once, not of each of its connections, and of its first token", async () => {
    const { connectionId, integrationId } = await connected();
    const organizations = await Promise.all([seedOrganization(db), seedOrganization(db)]);
    for (const organization of organizations) {
      const mapping = await seedMapping(db, integrationId, organization.id);
      await seedConnection(db, integrationId, { mappingId: mapping.id, status: "degraded" });
    }
    service.enqueue(
      "/token",
      ...Array.from({ length: 2 }, () => ({ status: 401, body: { error: "invalid_client" } })),
    );
    await refresh(connectionId);
    await rest(connectionId);
    await refresh(connectionId);
    expect(await told()).toEqual(["oauth_client.failing oauth_client_invalid"]);
    await rest(connectionId);
    await refresh(connectionId);
    await db.prisma.connection.updateMany({ where: { integrationId }, data: { status: "active" } });
    expect(await told()).toEqual(["oauth_client.failing oauth_client_invalid", "connection.recovered"]);
    const recovered = await db.prisma.webhookEvent.findFirst({ where: { type: "connection.recovered" } });
    expect(recovered).toMatchObject({ connectionId, mends: ["oauth_client.failing"] });
  });

  it("keeps an event only if what it tells of is kept", async () => {
    const { connectionId } = await connected();
    const undone = db.prisma.$transaction(async (tx) => {
      await tx.connection.update({ where: { id: connectionId }, data: { status: "reconnect_required" } });
      expect(await tx.webhookEvent.count()).toBe(1);
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    expect(await told()).toEqual([]);
    expect(await db.prisma.webhookIncident.count({ where: { subjectId: connectionId } })).toBe(0);
  });

  it("lets refreshes of one integration recover at once without waiting for each other", async () => {
    const { id: integrationId } = await seedIntegration(db, { name: "Together", oauth: {} });
    const broken = { errorCode: "oauth_client_invalid", errorMessage: "no" };
    await db.prisma.oAuthClient.update({ where: { integrationId }, data: broken });
    const ids = await Promise.all(
      [1, 2].map(async () => {
        const organization = await seedOrganization(db);
        const { id: mappingId } = await seedMapping(db, integrationId, organization.id);
        return (await seedConnection(db, integrationId, { mappingId, status: "degraded" })).id;
      }),
    );
    const [first, second] = await Promise.all([db.pool.connect(), db.pool.connect()]);
    const recover = `UPDATE "Connection" SET "status" = 'active' WHERE "id" = $1`;
    await first.query("BEGIN");
    await first.query(recover, [ids[0]]);
    await second.query("SET statement_timeout = '5s'");
    await second.query(recover, [ids[1]]);
    await first.query("COMMIT");
    await second.query("RESET statement_timeout");
    first.release();
    second.release();
    expect(await told()).toEqual(["oauth_client.failing oauth_client_invalid", "connection.recovered"]);
  });

  it("holds nothing where nobody is to be told, and tells no mend of what was not told", async () => {
    const { connectionId } = await connected();
    await disableWebhook(testContext(db), { id: webhookId });
    await db.prisma.connection.update({
      where: { id: connectionId },
      data: { status: "reconnect_required" },
    });
    await enableWebhook(testContext(db), { id: webhookId });
    await db.prisma.connection.update({ where: { id: connectionId }, data: { status: "active" } });
    expect(await told()).toEqual([]);
    expect(await db.prisma.webhookIncident.count({ where: { subjectId: connectionId } })).toBe(0);
  });

  it("tells of two thousand connections that break by one edit", async () => {
    const { id: integrationId } = await seedIntegration(db, { name: "Many", oauth: {} });
    await db.pool.query(
      `WITH o AS (INSERT INTO "Organization" ("id", "name", "updatedAt")
          SELECT gen_random_uuid(), 'Many ' || n, now() FROM generate_series(1, 2000) n RETURNING "id"),
        m AS (INSERT INTO "Mapping" ("id", "integrationId", "organizationId", "updatedAt")
          SELECT gen_random_uuid(), $1, "id", now() FROM o RETURNING "id")
        INSERT INTO "Connection" ("id", "integrationId", "mappingId", "status", "grantId", "updatedAt")
          SELECT gen_random_uuid(), $1, "id", 'active', gen_random_uuid(), now() FROM m`,
      [integrationId],
    );
    await db.pool.query(
      `UPDATE "Connection" SET "status" = 'reconnect_required' WHERE "integrationId" = $1`,
      [integrationId],
    );
    expect(await db.prisma.webhookEvent.count()).toBe(2_000);
  });
});

describe("purging", () => {
  it("removes what is older than 30 days in batches, but nothing that is still to be delivered", async () => {
    const now = new Date();
    const old = new Date(now.getTime() - 31 * 86_400_000);
    const event = { type: "webhook.test", path: "/", occurredAt: old, spreadAt: old };
    const made = await Promise.all(
      Array.from({ length: 5 }, () => db.prisma.webhookEvent.create({ data: event })),
    );
    const [done, pending] = made;
    const endpointId = webhookId;
    await db.prisma.webhookDelivery.create({
      data: {
        endpointId,
        eventId: done?.id ?? "",
        status: "delivered",
        attempts: { create: { durationMs: 1, isSuccess: true } },
      },
    });
    await db.prisma.webhookDelivery.create({ data: { endpointId, eventId: pending?.id ?? "" } });
    const young = await db.prisma.webhookEvent.create({ data: { ...event, occurredAt: now } });
    const { connectionId } = await connected();
    const [subject, gone] = [connectionId, made[0]?.id ?? ""];
    for (const subjectId of [subject, gone]) {
      await db.prisma.webhookIncident.create({ data: { type: "connection.reconnect_required", subjectId } });
    }
    await purgeWebhooks(db, now, 2);
    const left = await db.prisma.webhookEvent.findMany({ select: { id: true } });
    expect(left.map(({ id }) => id).sort()).toEqual([pending?.id, young.id].sort());
    expect(await db.prisma.webhookAttempt.count()).toBe(0);
    expect(await db.prisma.webhookIncident.count({ where: { subjectId: subject } })).toBe(1);
    expect(await db.prisma.webhookIncident.count({ where: { subjectId: gone } })).toBe(0);
  });
});
