// Fails when prisma/schema.prisma and prisma/migrations say different things, partial indexes included. What the schema
// cannot say at all (checks, triggers) stands in the migrations alone and is told by tests of its own.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { startPostgres } from "./start/embedded-postgres.mjs";

const root = resolve(fileURLToPath(import.meta.url), "../..");
const dataDir = mkdtempSync(join(tmpdir(), "bifrost-drift-"));
const given = process.env["TEST_DATABASE_URL"];
const server = given ? undefined : await startPostgres(dataDir, { fsync: "off" });
try {
  const args = [
    "migrate",
    "diff",
    "--from-migrations",
    "prisma/migrations",
    "--to-schema",
    "prisma/schema.prisma",
    "--script",
    "--exit-code",
  ];
  const { status, stdout, stderr } = spawnSync(join(root, "node_modules/.bin/prisma"), args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, DATABASE_URL: server?.url ?? given },
  });
  if (status === 2) {
    console.error(
      `The schema and the migrations have drifted apart. Run npx prisma migrate dev. Missing:\n\n${stdout.trim()}`,
    );
  } else if (status !== 0) {
    console.error(`${stdout}${stderr}`.trim());
  }
  process.exitCode = status === 0 ? 0 : 1;
} finally {
  await server?.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
