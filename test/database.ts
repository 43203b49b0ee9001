import { randomUUID } from "node:crypto";

import pg from "pg";
import { inject } from "vitest";

import { openDatabase, type Database } from "@/lib/db/client";

/** A burst through few connections must not fail because the machine is slow. */
const SLOW_MACHINE_MS = 60_000;

/**
 * An empty migrated database of the test file's own. Open it in `beforeAll` and close it in `afterAll`: closing drops it.
 * Its address is in `url`, for what opens its own connections.
 */
export async function openTestDatabase(): Promise<Database & { url: string }> {
  const clone = await cloneDatabase(inject("databaseServerUrl"));
  const database = openDatabase(clone.url, { maxConnections: 5, connectTimeoutMs: SLOW_MACHINE_MS });
  return {
    ...database,
    url: clone.url,
    async close() {
      await database.close();
      await clone.drop();
    },
  };
}

/** Copies the database that `templateUrl` names. */
export async function cloneDatabase(
  templateUrl: string,
): Promise<{ url: string; drop: () => Promise<void> }> {
  const template = new URL(templateUrl).pathname.slice(1);
  const name = `bifrost_test_${randomUUID().replaceAll("-", "")}`;
  const admin = new URL(templateUrl);
  admin.pathname = "/postgres";
  await withClient(admin.href, (client) => client.query(`CREATE DATABASE "${name}" TEMPLATE "${template}"`));
  const url = new URL(templateUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => withClient(admin.href, (client) => client.query(`DROP DATABASE "${name}" WITH (FORCE)`)),
  };
}

async function withClient(url: string, run: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await run(client);
  } finally {
    await client.end();
  }
}
