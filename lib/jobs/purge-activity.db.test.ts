import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database } from "@/lib/db/client";
import { openTestDatabase } from "@/test/database";
import { seedConnection, seedIntegration } from "@/test/integrations";
import { purgeExpired } from "./purge-expired";
import { purgeActivity } from "./purge-activity";

let db: Database;

beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

it("keeps what happened in the last 90 days, however much is older", async () => {
  const { id: integrationId } = await seedIntegration(db, { name: "Service", oauth: {} });
  const { id: connectionId } = await seedConnection(db, integrationId, {});
  const now = new Date("2026-11-20T12:00:00Z");
  const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
  const data = [0, 1, 89, 91, 92, 93, 94, 200].map((days, attempt) => ({
    connectionId,
    integrationId,
    occurredAt: daysAgo(days),
    attempt,
    reason: "due",
    outcome: "success",
    durationMs: 1,
  }));
  await db.prisma.connectionActivity.createMany({ data });
  await purgeActivity(db, now, 2);
  const kept = await db.prisma.connectionActivity.findMany({ orderBy: { attempt: "asc" } });
  expect(kept.map(({ attempt }) => attempt)).toEqual([0, 1, 2]);
  await purgeExpired(db, new Date(now.getTime() + 10 * 86_400_000));
  expect(await db.prisma.connectionActivity.count()).toBe(2);
});
