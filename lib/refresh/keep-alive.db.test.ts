import { beforeEach, describe, expect, it, vi } from "vitest";
import { connectIntegration } from "@/test/connected-integration";
import { testContext } from "@/test/context";
import { rotateTokens } from "@/test/rotating-service";
import { admin, db, service, useServiceBed } from "@/test/service-bed";
import { writeNotes } from "./note-read";
import { readFreshIntegration } from "./read-fresh-integration";
import { startSchedule } from "./refresh-due";

useServiceBed();
beforeEach(() => {
  rotateTokens(service);
});

const row = (id: string) => db.prisma.connection.findUniqueOrThrow({ where: { id } });
const read = (name: string) => readFreshIntegration(testContext(db), { name, scope: "global" });
const daysUntil = (date: Date | null) => ((date?.getTime() ?? 0) - Date.now()) / 86_400_000;

/** Connected, and last read so many days ago. */
async function unreadFor(days: number, changes: Record<string, unknown> = {}) {
  const connected = await connectIntegration(db, admin, service, {}, changes);
  await db.pool.query(
    `UPDATE "Connection" SET "lastReadAt" = now() - make_interval(days => $2), "dueAt" = now() WHERE "id" = $1`,
    [connected.connectionId, days],
  );
  return connected;
}

async function refreshedBySchedule(connectionId: string): Promise<void> {
  const { tokenVersion } = await row(connectionId);
  const schedule = startSchedule(testContext(db), { idleMs: 20 });
  await vi.waitFor(
    async () => expect((await row(connectionId)).tokenVersion).toBeGreaterThan(tokenVersion),
    20_000,
  );
  await schedule.stop();
}

const reasonsOf = async (connectionId: string) =>
  (await db.prisma.connectionActivity.findMany({ where: { connectionId } })).map(({ reason }) => reason);

describe("a grant that nobody has read for a week", () => {
  it("is refreshed only as often as keeps it alive, and says so", async () => {
    const { connectionId } = await unreadFor(8);
    await refreshedBySchedule(connectionId);
    expect(await reasonsOf(connectionId)).toEqual(["keep_alive"]);
    expect(daysUntil((await row(connectionId)).dueAt)).toBeCloseTo(3.5, 1);
  });

  it("goes by what the preset knows of the service", async () => {
    const { integrationId, connectionId } = await unreadFor(8);
    await db.prisma.integration.update({
      where: { id: integrationId },
      data: { presetId: "microsoft-graph" },
    });
    await refreshedBySchedule(connectionId);
    expect(daysUntil((await row(connectionId)).dueAt)).toBeCloseTo(45, 1);
  });

  it("goes by what the service itself says of its refresh token", async () => {
    const { connectionId } = await unreadFor(8);
    service.enqueue("/token", {
      body: { access_token: "a", refresh_token: "r", expires_in: 60, refresh_token_expires_in: 864_000 },
    });
    await refreshedBySchedule(connectionId);
    expect(daysUntil((await row(connectionId)).dueAt)).toBeCloseTo(5, 1);
  });

  it("is refreshed as usual where somebody reads it", async () => {
    const { connectionId } = await unreadFor(6);
    await refreshedBySchedule(connectionId);
    expect(await reasonsOf(connectionId)).toEqual(["due"]);
    expect(daysUntil((await row(connectionId)).dueAt)).toBeLessThan(1);
  });

  it("is refreshed at once by a read, and is awake from then on", async () => {
    const { name, connectionId } = await unreadFor(30);
    await refreshedBySchedule(connectionId);
    await db.pool.query(
      `UPDATE "Connection" SET "expiresAt" = now() - interval '2 days', "attemptEndedAt" = NULL WHERE "id" = $1`,
      [connectionId],
    );
    expect((await read(name))?.oauth).toMatchObject({ accessToken: "at-3" });
    const after = await row(connectionId);
    expect(daysUntil(after.dueAt)).toBeLessThan(1);
    expect(after.lastReadAt?.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  it("is woken by a read of a token that is still good", async () => {
    const { name, connectionId } = await unreadFor(30);
    await refreshedBySchedule(connectionId);
    expect(daysUntil((await row(connectionId)).dueAt)).toBeGreaterThan(3);
    expect((await read(name))?.oauth).toMatchObject({ accessToken: "at-2" });
    await writeNotes(db.pool);
    const { dueAt, expiresAt } = await row(connectionId);
    expect((expiresAt?.getTime() ?? 0) - (dueAt?.getTime() ?? 0)).toBe(300_000);
  });
});

it("notes that a token is read once an hour for each connection, however often it is", async () => {
  const { name, connectionId } = await connectIntegration(db, admin, service);
  expect((await row(connectionId)).lastReadAt).toBeNull();
  await read(name);
  await writeNotes(db.pool);
  const { lastReadAt } = await row(connectionId);
  expect(lastReadAt).not.toBeNull();
  for (let i = 0; i < 10; i++) await read(name);
  await writeNotes(db.pool);
  expect((await row(connectionId)).lastReadAt).toEqual(lastReadAt);
});
