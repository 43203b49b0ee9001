import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ClientBase } from "pg";
import type { UserActor } from "@/lib/auth/actor";
import { unseal } from "@/lib/crypto/seal";
import { inTransaction } from "@/lib/db/in-transaction";
import { createClient, type Client } from "@/sdk/src/index";
import { seedApiKey } from "../api-server";
import { seedProvider, seedUser, TEST_KEYS, testContext } from "../context";
import { openTestDatabase } from "../database";
import { TEST_CERTIFICATE } from "../oauth-service/certificate";
import { inTurn } from "./in-turn";
import { type Running, startProcess } from "./processes";
import type { Programs } from "./programs";
import { seedGrants, type SeededGrant, type SeedOptions } from "./seed-grants";
import type { TokenService } from "./token-service";

type TestDatabase = Awaited<ReturnType<typeof openTestDatabase>>;

/** A database with processes on it. */
export interface Bed {
  db: TestDatabase;
  apiKey: string;
  admin: UserActor;
  start: (kind: "web" | "worker", programs: Programs, env?: Record<string, string>) => Promise<Running>;
  /** An integration at a service, with as many grants, each an organization's own. */
  seed: (service: TokenService, count: number, options?: SeedOptions) => Promise<SeededGrant[]>;
  sdk: (url: string) => Client;
  /** Kills what still runs, and drops the database. */
  close: () => Promise<void>;
}

const PUBLIC_URL = "http://localhost:3000";

export function openBed(): Promise<Bed> {
  return inTurn(makeBed);
}

async function makeBed(): Promise<Bed> {
  const db = await openTestDatabase();
  const admin = await seedUser(db, "platform_admin");
  const { key } = await seedApiKey(db, (await seedProvider(db)).id);
  const folder = await mkdtemp(join(tmpdir(), "bifrost-proof-"));
  const authority = join(folder, "authority.pem");
  await writeFile(authority, TEST_CERTIFICATE);
  const processes: Running[] = [];
  return {
    db,
    apiKey: key,
    admin,
    async start(kind, programs, env = {}) {
      const started = await startProcess(kind, programs[kind], {
        DATABASE_URL: db.url,
        BIFROST_URL: PUBLIC_URL,
        BIFROST_ENCRYPTION_KEYS: TEST_KEYS,
        AUTH_SECRET: "x".repeat(32),
        BIFROST_EGRESS_ALLOW: "127.0.0.1",
        BIFROST_API_RATE_LIMIT: "0",
        BIFROST_LOG_LEVEL: "warn",
        NODE_EXTRA_CA_CERTS: authority,
        ...env,
      });
      processes.push(started);
      return started;
    },
    seed: (service, count, options) => seedGrants(db, service, count, options),
    sdk: (url) => createClient({ url, apiKey: key }),
    async close() {
      await Promise.all(processes.filter((each) => !each.hasEnded()).map((each) => each.kill()));
      await db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits for a condition; the limit is there only so that a failure ends. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  { limitMs = 120_000, everyMs = 20 }: { limitMs?: number; everyMs?: number } = {},
): Promise<void> {
  for (const end = performance.now() + limitMs; !(await condition());) {
    if (performance.now() > end) throw new Error(`It did not come to this in ${limitMs / 1_000} s: ${what}.`);
    await sleep(everyMs);
  }
}

export interface StoredGrant {
  id: string;
  status: string;
  errorCode: string | null;
  attempt: number;
  tokenVersion: number;
  unanswered: number | null;
  leaseUntil: Date | null;
  nextTryAt: Date | null;
  accessToken: string;
  refreshToken: string;
}

/** What the database holds of connections, their tokens opened. */
export async function readGrants(db: TestDatabase, ids?: readonly string[]): Promise<StoredGrant[]> {
  const { rows } = await db.pool.query<StoredGrant>(
    `SELECT "id", "status", "errorCode", "attempt", "tokenVersion", "unanswered", "leaseUntil", "nextTryAt",
      "accessToken", "refreshToken" FROM "Connection" WHERE $1::uuid[] IS NULL OR "id" = ANY($1)`,
    [ids ?? null],
  );
  const { keyring } = testContext(db);
  const open = (id: string, field: "accessToken" | "refreshToken", sealed: string) =>
    unseal(keyring, { table: "Connection", id, field }, sealed);
  return rows.map((row) => ({
    ...row,
    accessToken: open(row.id, "accessToken", row.accessToken),
    refreshToken: open(row.id, "refreshToken", row.refreshToken),
  }));
}

/** One connection as stored. */
export async function readGrant(db: TestDatabase, id: string): Promise<StoredGrant> {
  const [grant] = await readGrants(db, [id]);
  if (!grant) throw new Error("The connection is gone.");
  return grant;
}

/** As {@link passTime}, beside processes that are at work: in a moment in which none is in the midst of an attempt. */
export async function passTimeBetweenAttempts(db: TestDatabase, seconds: number): Promise<void> {
  await until("no attempt is under way", () =>
    inTransaction(db.pool, async (client) => {
      // Whoever claims from now on waits, and finds the times moved.
      const { rows } = await client.query<{ isClaimed: boolean }>(
        `SELECT "leaseUntil" > clock_timestamp() AS "isClaimed" FROM "Connection" ORDER BY "id" FOR UPDATE`,
      );
      if (rows.some(({ isClaimed }) => isClaimed)) return false;
      await passTime({ pool: client }, seconds);
      return true;
    }),
  );
}

/** Lets time pass for connections: all their times move into the past. No process may be in the midst of one meanwhile. */
export async function passTime(db: { pool: Pick<ClientBase, "query"> }, seconds: number): Promise<void> {
  const { rows } = await db.pool.query<{ table: string; name: string }>(
    `SELECT table_name AS "table", column_name AS name FROM information_schema.columns
     WHERE table_name IN ('Connection', 'OAuthClient') AND table_schema = 'public'
       AND data_type = 'timestamp with time zone' AND column_name <> 'createdAt'`,
  );
  for (const table of new Set(rows.map((row) => row.table))) {
    const columns = rows.filter((row) => row.table === table).map(({ name }) => name);
    const moved = columns.map((name) => `"${name}" = "${name}" - make_interval(secs => $1)`).join(", ");
    await db.pool.query(`UPDATE "${table}" SET ${moved}`, [seconds]);
  }
}
