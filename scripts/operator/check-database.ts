import { join } from "node:path";

import { checkInstallation } from "@/lib/auth/installation";
import type { Ctx } from "@/lib/auth/context";
import type { Env } from "@/lib/env";
import { adviceOnUnopened, describeUnopened } from "@/lib/health/describe-unopened";
import { findUnopenedRecords } from "@/lib/health/find-unopened-records";
import { readMigrationState } from "@/scripts/start/migrate.mjs";

import { openContext } from "./context.ts";
import type { Check } from "./doctor.ts";

/** Reachable, new enough, migrated, and opened by the keys. What depends on a failure is left out. */
export async function checkDatabase(env: Env): Promise<Check[]> {
  const ctx = openContext(env);
  try {
    const database = await checkServer(ctx, env);
    if (database.status === "fail") return [database];
    const migrations = await checkMigrations(env);
    if (migrations.status === "fail") return [database, migrations];
    return [database, migrations, await checkKeys(ctx)];
  } finally {
    await ctx.db.close();
  }
}

async function checkServer(ctx: Ctx, env: Env): Promise<Check> {
  const name = "Database";
  const where = env.databaseEmbedded
    ? "the embedded PostgreSQL"
    : `PostgreSQL at ${new URL(env.databaseUrl).host}`;
  try {
    const { rows } = await ctx.db.pool.query<{
      server_version: string;
      server_version_num: string;
      synchronous_commit: string;
    }>(
      "SELECT current_setting('server_version') AS server_version, current_setting('server_version_num') AS server_version_num, current_setting('synchronous_commit') AS synchronous_commit",
    );
    const [row] = rows;
    if (Number(row?.server_version_num) < 150_000) {
      const action = "Upgrade it to PostgreSQL 15 or later, or set another DATABASE_URL.";
      return { name, status: "fail", message: `${where} is version ${row?.server_version}`, action };
    }
    if (row?.synchronous_commit === "off") {
      const action = "Set synchronous_commit = on: a crash may otherwise lose a rotated refresh token.";
      return {
        name,
        status: "fail",
        message: `${where} answers commits before they are on the disk`,
        action,
      };
    }
    return { name, status: "ok", message: `${where} answers, version ${row?.server_version}` };
  } catch (error) {
    const reason =
      error instanceof Error
        ? error.message || ("code" in error ? String(error.code) : error.name)
        : "no answer";
    return {
      name,
      status: "fail",
      message: `${where}: ${reason}`,
      action: "Check that it runs, and DATABASE_URL.",
    };
  }
}

async function checkMigrations(env: Env): Promise<Check> {
  const name = "Migrations";
  const { pending, unknown, failed } = await readMigrationState(process.cwd(), env.databaseUrl);
  if (unknown.length > 0) {
    const message = `the database has ${unknown.at(-1)}, which this version does not know`;
    return { name, status: "fail", message, action: "Start the newer version that made it." };
  }
  if (failed.length > 0) {
    const action = "Mend the database, then run npx prisma migrate resolve.";
    return { name, status: "fail", message: `${failed.join(", ")} failed`, action };
  }
  if (pending.length > 0) {
    const message = `${pending.length} not applied yet`;
    return {
      name,
      status: "fail",
      message,
      action: `Run npm start, or npm run migrate (in ${join(process.cwd())}).`,
    };
  }
  return { name, status: "ok", message: "all applied" };
}

async function checkKeys(ctx: Ctx): Promise<Check> {
  const name = "Encryption keys";
  const { keys, movedFrom } = await checkInstallation(ctx.db, ctx.keyring, ctx.publicUrl);
  const { found } = await findUnopenedRecords(ctx);
  const which = found.length === 0 ? "" : `. ${describeUnopened(found)}`;
  if (keys === "wrong") {
    const action =
      "Add the key that sealed them to BIFROST_ENCRYPTION_KEYS, or restore keys.json from a backup.";
    return { name, status: "fail", message: `they do not open what is stored${which}`, action };
  }
  if (found.length > 0) {
    const message = `they do not open everything${which}`;
    return { name, status: "fail", message, action: adviceOnUnopened(found) };
  }
  if (movedFrom !== null) {
    const message = `they open what is stored; but this database was last served as ${movedFrom}`;
    return {
      name,
      status: "warn",
      message,
      action:
        "Refreshing is off until you are sure that no other copy runs. Then: npm run bifrost -- refresh confirm",
    };
  }
  return { name, status: "ok", message: "they open what is stored" };
}
