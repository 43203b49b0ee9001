import { beforeAll, describe, expect, it, vi } from "vitest";
import type { UserActor } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { openDatabase } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import { getIntegration } from "@/lib/integrations/queries";
import { getMappingView } from "@/lib/mappings/get-mapping-view";
import { connectIntegration } from "@/test/connected-integration";
import { seedOrganization, seedUser, testContext } from "@/test/context";
import { seedConnection, seedMapping } from "@/test/integrations";
import { rotateTokens } from "@/test/rotating-service";
import { admin, db, service, useServiceBed } from "@/test/service-bed";
import { refreshConnection } from "./refresh-connection";
import { refreshToken } from "./refresh-token";

let technician: UserActor;

useServiceBed();
beforeAll(async () => {
  technician = await seedUser(db, "technician");
});

const press = (integrationId: string) => refreshToken(testContext(db, technician), { integrationId });

describe("the button Refresh token", () => {
  it("stores a new token, and says in the activity that somebody pressed it", async () => {
    rotateTokens(service);
    const { integrationId, connectionId } = await connectIntegration(db, admin, service);
    await press(integrationId);
    const row = await db.prisma.connection.findUniqueOrThrow({
      where: { id: connectionId },
      include: { activities: true },
    });
    expect(row).toMatchObject({ status: "active", tokenVersion: row.attempt });
    expect(row.activities).toMatchObject([{ reason: "button", outcome: "success" }]);
  });

  it("is in the audit log as the person's, and what came of it as the platform's", async () => {
    rotateTokens(service);
    const { integrationId } = await connectIntegration(db, admin, service);
    await press(integrationId);
    const entries = await db.prisma.auditEvent.findMany({
      where: { targetId: integrationId, action: { startsWith: "connection.refresh" } },
      orderBy: { id: "asc" },
    });
    expect(entries).toMatchObject([
      { action: "connection.refresh_started", actorType: "user", actorId: technician.id },
      {
        action: "connection.refresh",
        actorType: "system",
        after: { reason: "button", outcome: "success" },
      },
    ]);
  });

  it("gives the service's words where it failed, and says when it may be asked again", async () => {
    const { integrationId } = await connectIntegration(db, admin, service);
    const headers = { "retry-after": "60" };
    service.always("/token", { status: 503, headers, body: { error: "temporarily_unavailable" } });
    await expect(press(integrationId)).rejects.toMatchObject({
      code: "service_unavailable",
      message: expect.stringContaining("temporarily_unavailable") as string,
    });
    await expect(press(integrationId)).rejects.toMatchObject({
      code: "service_unavailable",
      message: expect.stringMatching(/may be asked again in \d\d s/) as string,
    });
  });

  it("waits out the pause after a failure by itself, for who mended the cause and pressed at once", async () => {
    const { integrationId, connectionId } = await connectIntegration(db, admin, service);
    service.always("/token", { status: 400, body: { error: "invalid_scope" } });
    await expect(press(integrationId)).rejects.toMatchObject({ code: "service_unavailable" });
    rotateTokens(service);
    const asked = service.requests.length;
    await Promise.all([press(integrationId), press(integrationId)]);
    expect(service.requests).toHaveLength(asked + 1);
    expect(await db.prisma.connection.findUnique({ where: { id: connectionId } })).toMatchObject({
      status: "active",
    });
  });

  it("does not wait out a pause that would leave the service no time to answer", async () => {
    const { integrationId } = await connectIntegration(db, admin, service);
    service.always("/token", { status: 503, headers: { "retry-after": "19" }, body: "busy" });
    await expect(press(integrationId)).rejects.toMatchObject({ code: "service_unavailable" });
    const asked = service.requests.length;
    await expect(press(integrationId)).rejects.toMatchObject({
      message: expect.stringMatching(/may be asked again in 1\d s/) as string,
    });
    expect(service.requests).toHaveLength(asked);
  });

  it("tells at once of the failure of an attempt that it found under way", async () => {
    const { integrationId, connectionId } = await connectIntegration(db, admin, service);
    const answered = Promise.withResolvers<void>();
    const isDown = { status: 503, body: { error: "temporarily_unavailable" } };
    service.always("/token", { ...isDown, until: answered.promise });
    const asked = service.requests.length;
    const scheduled = refreshConnection(testContext(db), { connectionId, reason: "sdk", waitMs: 0 });
    await vi.waitFor(() => expect(service.requests).toHaveLength(asked + 1));
    const web = openDatabase(`${db.url}?application_name=pressed`);
    const pressed = refreshToken(testContext(web, technician), { integrationId }).catch(
      (error: unknown) => error,
    );
    // Who waits for another's attempt listens for its end.
    await vi.waitFor(async () => {
      const waiting = `SELECT FROM pg_stat_activity WHERE application_name = 'pressed' AND query LIKE 'LISTEN%'`;
      expect((await db.pool.query(waiting)).rowCount).toBe(1);
    });
    answered.resolve();
    await expect(scheduled).resolves.toMatchObject({ why: "failed" });
    expect(await pressed).toMatchObject({
      code: "service_unavailable",
      message: expect.stringContaining("temporarily_unavailable") as string,
    });
    expect(service.requests).toHaveLength(asked + 1);
    await web.close();
  });

  it("does not risk an access token that works for one that may be spent: it says why and until when, and is not offered", async () => {
    rotateTokens(service);
    const { integrationId, connectionId } = await connectIntegration(db, admin, service);
    const view = async () => (await getIntegration(testContext(db, technician), integrationId)).connection;
    expect(await view()).toMatchObject({ refreshHeldUntil: null });
    service.enqueue("/token", { fault: "reset" });
    await expect(press(integrationId)).rejects.toMatchObject({ code: "service_unavailable" });
    await db.pool.query(
      `UPDATE "Connection" SET "leaseUntil" = now() - interval '1 s', "attemptEndedAt" = NULL WHERE "id" = $1`,
      [connectionId],
    );
    const asked = service.requests.length;
    await expect(press(integrationId)).rejects.toMatchObject({
      code: "service_unavailable",
      message: expect.stringMatching(
        /answer .* was lost.*still works.*may be asked again in \d\d min/,
      ) as string,
    });
    expect(service.requests).toHaveLength(asked);
    const { expiresAt } = await db.prisma.connection.findUniqueOrThrow({ where: { id: connectionId } });
    expect(await view()).toMatchObject({
      refreshHeldUntil: expiresAt?.toISOString(),
      nextRefreshAt: expiresAt?.toISOString(),
      error: { act: null, advice: expect.stringContaining("tried again by itself") as string },
    });
    await db.pool.query(`UPDATE "Connection" SET "expiresAt" = now() WHERE "id" = $1`, [connectionId]);
    expect(await view()).toMatchObject({ refreshHeldUntil: null });
    await press(integrationId);
    expect(await view()).toMatchObject({ status: "active", refreshHeldUntil: null });
  });

  it("says that a person is needed, and does not ask the service again", async () => {
    const { integrationId } = await connectIntegration(db, admin, service);
    service.always("/token", { status: 400, body: { error: "invalid_grant" } });
    await expect(press(integrationId)).rejects.toMatchObject({ code: "reconnect_required" });
    const asked = service.requests.length;
    await expect(press(integrationId)).rejects.toMatchObject({ code: "reconnect_required" });
    expect(service.requests).toHaveLength(asked);
  });

  it("sends nothing from a copy of the database that nobody confirmed", async () => {
    const { integrationId } = await connectIntegration(db, admin, service);
    const asked = service.requests.length;
    const { id } = await db.prisma.installation.create({
      data: { id: uuidv7(), publicUrl: "https://elsewhere.example" },
    });
    await expect(press(integrationId)).rejects.toMatchObject({
      code: "service_unavailable",
      message: expect.stringContaining("refresh confirm") as string,
    });
    await db.prisma.installation.delete({ where: { id } });
    expect(service.requests).toHaveLength(asked);
  });

  it("does not let a managed organization refresh what is derived from the default consent, nor offers it", async () => {
    const { integrationId } = await connectIntegration(db, admin, service);
    const { id: organizationId } = await seedOrganization(db);
    const { id: mappingId } = await seedMapping(db, integrationId, organizationId, { entityId: "contoso" });
    const { id } = await seedConnection(db, integrationId, { mappingId });
    await db.prisma.connection.update({ where: { id }, data: { kind: "derived", refreshToken: null } });
    const insider = testContext(db, await seedUser(db, "organization_admin", organizationId));
    const asked = service.requests.length;
    await expect(refreshToken(insider, { integrationId, organizationId })).rejects.toMatchObject({
      code: "permission_denied",
    });
    expect(service.requests).toHaveLength(asked);
    expect(await db.prisma.connection.findUnique({ where: { id } })).toMatchObject({ attempt: 1 });
    const mayRefresh = async (ctx: Ctx) =>
      (await getMappingView(ctx, integrationId, organizationId)).can.refreshDerived;
    expect(await mayRefresh(insider)).toBe(false);
    expect(await mayRefresh(testContext(db, technician))).toBe(true);
  });
});
