import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestDatabase } from "@/test/database";
import { openDatabase, type Database } from "./client";
import { isDatabaseUnavailable } from "./unavailable";

let server: Awaited<ReturnType<typeof openTestDatabase>>;
let db: Database;

beforeAll(async () => {
  server = await openTestDatabase();
  db = openDatabase(server.url, { maxConnections: 1 });
});
afterAll(async () => {
  await db.close();
  await server.close();
});

it("lets a transaction wait for its turn longer than Prisma would", async () => {
  const busy = await db.pool.connect();
  const waiting = db.prisma.$transaction((tx) => tx.organization.count());
  await sleep(2_500);
  busy.release();
  await expect(waiting).resolves.toBe(0);
});

it("says of a transaction that gets no connection that the database cannot be reached", async () => {
  const busy = await db.pool.connect();
  const waiting = db.prisma.$transaction((tx) => tx.organization.count());
  const error: unknown = await waiting.catch((reason: unknown) => reason);
  busy.release();
  expect(isDatabaseUnavailable(error)).toBe(true);
});
