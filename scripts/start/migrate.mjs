import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

import pg from "pg";

const OLDEST_SERVER = 150_000;

/** @typedef {{ pending: string[], unknown: string[], failed: string[] }} MigrationState */

/**
 * Brings the database to this version's schema. The Prisma CLI, which takes a second, runs only when there is work.
 *
 * @param {string} root
 * @param {string} url
 * @param {(line: string) => void} say
 * @throws {Error} one line: not reachable, too old a server, a newer version's database, a failed migration
 */
export async function migrate(root, url, say) {
  const { pending, failed } = requireKnown(await readMigrationState(root, url));
  if (failed.length > 0) {
    throw new Error(
      `The migration ${failed[0]} failed before. Mend the database, then run npx prisma migrate resolve.`,
    );
  }
  if (pending.length === 0) return;
  say(`Migrating the database (${pending.length === 1 ? pending[0] : `${pending.length} migrations`}) …`);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "node_modules/prisma/build/index.js"), "migrate", "deploy"],
    {
      cwd: root,
      encoding: "utf8",
      env: {
        ...process.env,
        DATABASE_URL: url,
        PATH: `${join(root, "node_modules/.bin")}:${process.env["PATH"]}`,
      },
    },
  );
  if (status !== 0)
    throw new Error(`Migrating failed: ${(stderr || stdout).trim().replace(/\s*\n\s*/g, " ")}`);
}

/**
 * @param {MigrationState} state
 * @throws {Error} one line, when a newer version has migrated the database
 */
export function requireKnown(state) {
  const newest = state.unknown.at(-1);
  if (newest === undefined) return state;
  throw new Error(
    `The database is from a newer version of Bifrost (it has the migration ${newest}). Start that version, or set another DATABASE_URL.`,
  );
}

/**
 * @param {string} root
 * @param {string} url
 * @returns {Promise<MigrationState>}
 * @throws {Error} one line, when the database is not reachable or its server too old
 */
export async function readMigrationState(root, url) {
  const wanted = readdirSync(join(root, "prisma/migrations"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  const client = await connect(url);
  try {
    const version = await client.query("SHOW server_version_num");
    if (Number(version.rows[0]?.server_version_num) < OLDEST_SERVER) {
      throw new Error("PostgreSQL is older than version 15. Upgrade it, or set another DATABASE_URL.");
    }
    const known = await client.query(`SELECT to_regclass('"_prisma_migrations"') IS NOT NULL AS known`);
    if (known.rows[0]?.known !== true) return { pending: wanted, unknown: [], failed: [] };
    const { rows } = await client.query(
      'SELECT migration_name AS name, finished_at IS NOT NULL AS done FROM "_prisma_migrations" WHERE rolled_back_at IS NULL ORDER BY started_at',
    );
    const done = rows.filter((row) => row.done).map((row) => String(row.name));
    return {
      pending: wanted.filter((name) => !done.includes(name)),
      unknown: done.filter((name) => !wanted.includes(name)),
      failed: rows.filter((row) => !row.done && !done.includes(row.name)).map((row) => String(row.name)),
    };
  } finally {
    await client.end();
  }
}

/** @param {string} url */
async function connect(url) {
  const parsed = new URL(url);
  for (const name of ["schema", "connection_limit", "pool_timeout", "pgbouncer"])
    parsed.searchParams.delete(name);
  const client = new pg.Client({ connectionString: parsed.href, connectionTimeoutMillis: 5000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "no answer";
    const reason = error instanceof Error && error.message !== "" ? error.message : code;
    throw new Error(
      `Cannot use PostgreSQL at ${parsed.host}: ${reason}. Check that it runs, and DATABASE_URL.`,
      { cause: error },
    );
  }
}
