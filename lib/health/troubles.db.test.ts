import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UserActor } from "@/lib/auth/actor";
import type { Prisma } from "@/lib/db/generated/client";
import { uuidv7 } from "@/lib/db/id";
import { getIntegration, listIntegrations } from "@/lib/integrations/queries";
import { integrationListQuery } from "@/lib/integrations/schema";
import { listConnectionPage } from "@/lib/connections/list-connection-page";
import { getMappingView } from "@/lib/mappings/get-mapping-view";
import { listMappingRows } from "@/lib/mappings/list-mapping-rows";
import { listActivityPage } from "@/lib/refresh/list-activity-page";
import { seedOrganization, seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedIntegration, seedMapping } from "@/test/integrations";
import { listHealthPage } from "./list-health-page";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let admin: UserActor;
let viewer: UserActor;
let integrationId: string;
let contoso: { id: string };

const SINCE = new Date("2026-11-20T10:00:00.000Z");
const NEXT = new Date("2026-11-20T12:00:00.000Z");
const FAILING = {
  status: "degraded",
  errorCode: "server_error",
  errorMessage: "login.example.com refused: server_error: Try again later",
  errorSince: SINCE,
  dueAt: SINCE,
  nextTryAt: NEXT,
} as const;

beforeAll(async () => {
  db = await openTestDatabase();
  admin = await seedUser(db, "platform_admin");
  viewer = await seedUser(db, "viewer");
  contoso = await seedOrganization(db, "Contoso");
  integrationId = (await seedIntegration(db, { name: "HaloPSA", oauth: {} })).id;
  const mapping = await seedMapping(db, integrationId, contoso.id, {});
  for (const mappingId of [null, mapping.id]) {
    const id = uuidv7();
    await db.prisma.connection.create({
      data: { id, integrationId, mappingId, grantId: uuidv7(), ...FAILING },
    });
  }
});
afterAll(() => db.close());

const ctx = (who = admin) => testContext(db, who);
const fault = (data: Prisma.OAuthClientUpdateInput) =>
  db.prisma.oAuthClient.update({ where: { integrationId }, data });
const listed = async (who = admin) =>
  (await listIntegrations(ctx(who), integrationListQuery.parse({}))).rows[0];

describe("a failing refresh, on the screens", () => {
  const WORDS = {
    what: "The service has trouble of its own.",
    quote: "server_error: Try again later",
    since: SINCE.toISOString(),
    nextTryAt: NEXT.toISOString(),
  };

  it("is told in words on the list, the Overview, the Mappings tab and a mapping's page", async () => {
    expect((await listed())?.trouble).toMatchObject({ ...WORDS, act: "refresh" });
    expect((await listed(viewer))?.trouble).toMatchObject({ ...WORDS, act: null });
    const { connection } = await getIntegration(ctx(), integrationId);
    expect(connection).toMatchObject({ error: WORDS, nextRefreshAt: WORDS.nextTryAt, isRefreshing: false });
    const { rows } = await listMappingRows(ctx(), integrationId, {});
    const row = rows.find(({ organization }) => organization.id === contoso.id);
    expect(row?.connection).toMatchObject({ trouble: { ...WORDS, act: "refresh" }, waitsForClient: false });
    const view = await getMappingView(ctx(), integrationId, contoso.id);
    expect(view.connection?.error).toMatchObject(WORDS);
  });

  it("tells the Overview while an attempt is under way, so that it looks again soon", async () => {
    const where = { integrationId, mappingId: null };
    await db.prisma.connection.updateMany({
      where,
      data: { leaseUntil: new Date(ctx().now().getTime() + 60_000) },
    });
    expect((await getIntegration(ctx(), integrationId)).connection).toMatchObject({ isRefreshing: true });
    await db.prisma.connection.updateMany({ where, data: { leaseUntil: null } });
  });

  it("shows a managed organization's people our words alone of what is the provider's", async () => {
    const ofContoso = ctx(await seedUser(db, "organization_admin", contoso.id));
    const OURS = { what: WORDS.what, quote: null, note: null };
    const seenEverywhere = async () => [
      (await listIntegrations(ofContoso, integrationListQuery.parse({}))).rows[0]?.trouble,
      (await listHealthPage(ofContoso, {})).rows[0]?.default.trouble,
    ];
    for (const seen of await seenEverywhere()) expect(seen).toMatchObject(OURS);
    expect((await getIntegration(ofContoso, integrationId)).connection?.error).toMatchObject(OURS);
    const { rows } = await listHealthPage(ofContoso, {});
    expect(rows[0]?.cells[0]?.trouble).toMatchObject(WORDS);

    await fault({ errorCode: "server_error", errorMessage: FAILING.errorMessage, errorAt: SINCE });
    for (const seen of await seenEverywhere()) expect(seen).toMatchObject(OURS);
    expect((await getIntegration(ofContoso, integrationId)).oauth?.error).toMatchObject(OURS);
    await fault({ errorCode: null, errorMessage: null, errorAt: null });
  });

  it("leaves no trace of the service's words to the provider in what they are sent of a mapping", async () => {
    const { id: integrationId } = await seedIntegration(db, { name: "Lent", oauth: {} });
    const fabrikam = await seedOrganization(db, "Fabrikam");
    const reader = await seedUser(db, "viewer", fabrikam.id);
    const { id: mappingId } = await seedMapping(db, integrationId, fabrikam.id, { entityId: "fabrikam" });
    const refused = {
      integrationId,
      status: "reconnect_required",
      errorCode: "invalid_grant",
      errorMessage: "login.example.com refused: invalid_grant: ada@provider.example was removed",
      errorSince: SINCE,
      expiresAt: SINCE,
    } as const;
    const seenBy = async (who: UserActor) =>
      JSON.stringify([
        await listMappingRows(ctx(who), integrationId, {}),
        await getMappingView(ctx(who), integrationId, fabrikam.id),
        await listHealthPage(ctx(who), { organization: fabrikam.id }),
        await listActivityPage(ctx(who), integrationId, { organization: fabrikam.id }),
        await listConnectionPage(ctx(who), { after: null, limit: 100, status: null }),
      ]);
    await db.prisma.connection.create({ data: { id: uuidv7(), grantId: uuidv7(), ...refused } });
    const lent = await seenBy(reader);
    expect(lent).not.toContain("ada@provider.example");
    expect(lent).toContain("The service no longer takes the refresh token.");
    expect(await seenBy(admin)).toContain("ada@provider.example");

    await db.prisma.connection.deleteMany({ where: { integrationId } });
    const made = { id: uuidv7(), grantId: uuidv7(), ...refused, mappingId };
    await db.prisma.connection.create({ data: { ...made, kind: "derived" } });
    await db.prisma.connectionActivity.create({
      data: {
        id: uuidv7(),
        connectionId: made.id,
        integrationId,
        attempt: 1,
        reason: "due",
        outcome: "needs_person",
        durationMs: 1,
        code: refused.errorCode,
        message: refused.errorMessage,
      },
    });
    await db.prisma.integration.update({
      where: { id: integrationId },
      data: { organizationPolicy: "derived" },
    });
    expect(await seenBy(reader)).not.toContain("ada@provider.example");
    expect(await seenBy(admin)).toContain("ada@provider.example");

    await db.prisma.connection.updateMany({ where: { integrationId }, data: { kind: "own" } });
    expect(await seenBy(reader)).toContain("ada@provider.example");
    await db.prisma.integration.delete({ where: { id: integrationId } });
  });

  it("has no button for them where it is made with the provider's consent", async () => {
    const ofContoso = ctx(await seedUser(db, "organization_admin", contoso.id));
    const mapping = { organizationId: contoso.id };
    const makeKind = async (kind: "own" | "derived", organizationPolicy: "default" | "derived") => {
      await db.prisma.connection.updateMany({ where: { integrationId, mapping }, data: { kind } });
      await db.prisma.integration.update({ where: { id: integrationId }, data: { organizationPolicy } });
    };
    const actFor = async (reader: typeof ofContoso) => {
      const { rows, columns } = await listHealthPage(reader, { organization: contoso.id });
      return rows[0]?.cells[columns.findIndex(({ id }) => id === contoso.id)]?.trouble?.act;
    };
    await makeKind("derived", "derived");
    expect([await actFor(ofContoso), await actFor(ctx())]).toEqual([null, "refresh"]);
    await makeKind("own", "default");
    expect([await actFor(ofContoso), await actFor(ctx())]).toEqual(["refresh", "refresh"]);
  });

  it("keeps from them why the provider's last attempt to connect failed", async () => {
    const ofContoso = ctx(await seedUser(db, "organization_admin", contoso.id));
    const said = "login.example.com refused: access_denied: ada@provider.example may not";
    const write = (code: string | null, message: string | null, at: Date | null) =>
      db.prisma.connection.updateMany({
        where: { integrationId, mappingId: null },
        data: { connectErrorCode: code, connectErrorMessage: message, connectErrorAt: at },
      });
    await write("access_denied", said, SINCE);
    const { rows } = await listIntegrations(ofContoso, integrationListQuery.parse({}));
    expect(rows[0]?.error).toBe("The last attempt to connect failed.");
    expect((await listed())?.error).toBe(said);
    const { connection } = await getIntegration(ofContoso, integrationId);
    expect(connection?.connectError?.message).not.toContain("ada@");
    expect((await getIntegration(ctx(), integrationId)).connection?.connectError?.message).toBe(said);
    await write(null, null, null);
  });

  it("is told once, on the integration, where the OAuth client is at fault", async () => {
    const code = "oauth_client_invalid";
    await fault({
      errorCode: code,
      errorMessage: "x refused: invalid_client",
      errorAt: SINCE,
      probeAt: NEXT,
    });
    await db.prisma.connection.updateMany({ where: { integrationId }, data: { errorCode: code } });
    expect((await listed())?.trouble).toMatchObject({ quote: "invalid_client", act: "edit_secret" });
    const { oauth } = await getIntegration(ctx(), integrationId);
    expect(oauth?.error).toMatchObject({ code, nextTryAt: NEXT.toISOString() });
    const { rows } = await listMappingRows(ctx(), integrationId, {});
    expect(rows.find(({ organization }) => organization.id === contoso.id)?.connection).toMatchObject({
      trouble: null,
      waitsForClient: true,
    });
    await fault({ errorCode: null, errorMessage: null, errorAt: null, probeAt: null });
  });

  it("is tried next when the time of an attempt without an answer is over, as every screen says", async () => {
    const leaseUntil = new Date("2026-11-20T12:01:30.000Z");
    const nextTryAt = leaseUntil.toISOString();
    await db.prisma.connection.updateMany({
      where: { integrationId },
      data: { ...FAILING, errorCode: "timeout", leaseUntil },
    });
    expect((await listed())?.trouble).toMatchObject({ nextTryAt });
    expect((await getIntegration(ctx(), integrationId)).connection?.error).toMatchObject({ nextTryAt });
    const { rows } = await listMappingRows(ctx(), integrationId, {});
    const row = rows.find(({ organization }) => organization.id === contoso.id);
    expect(row?.connection?.trouble).toMatchObject({ nextTryAt });
    const health = await listHealthPage(ctx(), {});
    expect(health.rows[0]?.default.trouble).toMatchObject({ nextTryAt });
    expect(health.rows[0]?.cells[0]?.trouble).toMatchObject({ nextTryAt });
  });

  it("needs nobody where the next token comes by client credentials, or is derived", async () => {
    const seen = async () => {
      const { connection, derived } = await getMappingView(ctx(), integrationId, contoso.id);
      return [(await getIntegration(ctx(), integrationId)).connection, derived ?? connection].map(
        (view) => view?.comesByItself,
      );
    };
    const makeOwn = (kind: "own" | "derived") =>
      db.prisma.connection.updateMany({ where: { integrationId, mappingId: { not: null } }, data: { kind } });
    expect(await seen()).toEqual([false, false]);
    await makeOwn("derived");
    expect(await seen()).toEqual([false, true]);
    await makeOwn("own");
    await fault({ flowType: "client_credentials" });
    expect(await seen()).toEqual([true, true]);
    await fault({ flowType: "authorization_code" });
  });

  it("says that nothing is tried before somebody acts", async () => {
    const data = { status: "reconnect_required", errorCode: "answer_lost", dueAt: null } as const;
    await db.prisma.connection.updateMany({ where: { integrationId }, data });
    expect((await listed())?.trouble).toMatchObject({ nextTryAt: null, act: "reconnect" });
  });
});
