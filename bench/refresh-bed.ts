import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { generateKeyringText, parseKeyring } from "@/lib/crypto/keyring";
import { type Database, openDatabase } from "@/lib/db/client";
import { type Child, startChild } from "./child";
import { type RefreshSeed, seedRefresh } from "./seed-refresh";
import { vacuum } from "./vacuum";

/** Token endpoints that the connections are spread over: the worker has a lane of 16 slots for each. */
export const ORIGINS = 4;
export const SLOTS = 16;

/** A database whose connections all refresh at one service, and what the processes on it are told. */
export interface RefreshBed {
  db: Database;
  url: string;
  seeded: RefreshSeed;
  env: Record<string, string>;
  close(): Promise<void>;
}

export async function startService(): Promise<{ service: Child; tokenUrls: string[] }> {
  const { child, ready } = await startChild("bench/token-service.ts", "listening", {
    SERVICE_PORTS: String(ORIGINS),
  });
  const tokenUrls = (ready["ports"] as number[]).map((port) => `http://127.0.0.1:${port}/token`);
  return { service: child, tokenUrls };
}

export async function makeRefreshBed(
  url: string,
  tokenUrls: string[],
  connections: number,
): Promise<RefreshBed> {
  const db = openDatabase(url);
  const keys = generateKeyringText();
  const seeded = await seedRefresh(db, url, parseKeyring(keys), { tokenUrls, connections });
  const env = {
    DATABASE_URL: url,
    BIFROST_EMBEDDED_DATABASE: "1",
    BIFROST_ENCRYPTION_KEYS: keys,
    AUTH_SECRET: "bench".repeat(8),
    BIFROST_URL: "http://localhost:3000",
    BIFROST_LOG_LEVEL: "warn",
    BIFROST_API_RATE_LIMIT: "0",
    NODE_ENV: "production",
  };
  return { db, url, seeded, env, close: () => db.close() };
}

/** Makes so many connections due at once, in one commit, five minutes before their tokens expire. */
export async function makeDue({ db, url }: RefreshBed, count: number): Promise<void> {
  await vacuum(url);
  await db.pool.query(
    `UPDATE "Connection" SET "dueAt" = now(), "expiresAt" = now() + interval '5 minutes'
      WHERE "id" IN (SELECT "id" FROM "Connection" ORDER BY "mappingId" LIMIT $1)`,
    [count],
  );
}

/** Resolves when nothing is due any more. */
export async function untilNothingDue({ db }: RefreshBed, everyMs = 100): Promise<void> {
  for (;;) {
    const { rows } = await db.pool.query<{ due: boolean }>(
      `SELECT EXISTS (SELECT FROM "Connection" WHERE "dueAt" <= now()) AS due`,
    );
    if (!rows[0]?.due) return;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

export async function startWorker({ env }: RefreshBed): Promise<Child> {
  return (await startChild("server/worker.ts", "working", env)).child;
}

export async function startApi({ env }: RefreshBed): Promise<{ child: Child; port: number }> {
  const port = await freePort();
  const { child } = await startChild("bench/api-process.ts", "listening", { ...env, PORT: String(port) });
  return { child, port };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
