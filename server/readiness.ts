import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Ctx } from "@/lib/auth/context";
import { checkInstallation } from "@/lib/auth/installation";
import type { Database } from "@/lib/db/client";
import { projectRoot } from "./project-root";

type Services = Pick<Ctx, "db" | "keyring" | "publicUrl">;

export interface Readiness {
  ready: boolean;
  /** Each "ok", or what is wrong in words for the operator. */
  database: string;
  keys: string;
  migrations: string;
}

/** Says whether this process can serve: the database answers, the keys open what they sealed, the schema is there. */
export async function checkReadiness(services: Services): Promise<Readiness> {
  try {
    const [keys, migrations] = await Promise.all([checkKeys(services), checkMigrations(services.db)]);
    return { ready: keys === "ok" && migrations === "ok", database: "ok", keys, migrations };
  } catch {
    return { ready: false, database: "does not answer", keys: "unknown", migrations: "unknown" };
  }
}

const WRONG_KEYS = "BIFROST_ENCRYPTION_KEYS does not open what is stored; add the key it was sealed with";

/** "ok", or what the operator has to mend. A wrong key changes nothing: what can be opened is served. */
export async function checkKeys(services: Services): Promise<string> {
  const { keys } = await checkInstallation(services.db, services.keyring, services.publicUrl);
  return keys === "ok" ? "ok" : WRONG_KEYS;
}

async function checkMigrations(db: Database): Promise<string> {
  const wanted = await ownMigrations();
  const result = await db.pool
    .query<{ migration_name: string }>(
      `SELECT migration_name FROM "_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
    )
    .catch((error: { code?: string }) => {
      // 42P01: no such table.
      if (error.code === "42P01") return { rows: [] };
      throw error;
    });
  const applied = new Set(result.rows.map((row) => row.migration_name));
  const missing = wanted.filter((name) => !applied.has(name));
  return missing.length === 0 ? "ok" : `${missing.length} to apply: run npm run migrate`;
}

let names: Promise<string[]> | undefined;

function ownMigrations(): Promise<string[]> {
  names ??= readdir(join(projectRoot(), "prisma", "migrations"), { withFileTypes: true }).then((entries) =>
    entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name),
  );
  return names;
}
