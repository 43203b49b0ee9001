// The part of `npm run migrate` that needs what npm installed.
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { withEmbeddedPostgres } from "./embedded-postgres.mjs";
import { migrate } from "./migrate.mjs";
import { dataDirOf } from "./settings.mjs";

/**
 * Brings the database that is set, or else the embedded one, to this version's schema.
 *
 * @param {string} root
 * @param {(line: string) => void} say
 * @throws {Error} one line, as `migrate` does
 */
export async function runMigrate(root, say) {
  const given = process.env["DATABASE_URL"];
  if (given) {
    const { requireDatabaseUrl } = await import(join(root, "lib/env.ts"));
    await migrate(root, requireDatabaseUrl(given), say);
  } else {
    const dataDir = dataDirOf(root);
    mkdirSync(dataDir, { recursive: true });
    await withEmbeddedPostgres(dataDir, (url) => migrate(root, url, say));
  }
  say("The database is up to date.");
}
