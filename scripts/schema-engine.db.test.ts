import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { afterAll, beforeAll, beforeEach, expect, inject, test } from "vitest";

import { openDatabase, type Database } from "@/lib/db/client";
import { cloneDatabase } from "@/test/database";

const root = resolve(import.meta.dirname, "..");
let project: string;
let clone: Awaited<ReturnType<typeof cloneDatabase>>;
let database: Database;

const SCHEMA = `datasource db {
  provider = "postgresql"
}

generator client {
  provider        = "prisma-client"
  output          = "../generated"
  previewFeatures = ["partialIndexes"]
}

model Thing {
  id   Int     @id
  name String?

  @@unique([name], map: "Thing_named", where: raw("name IS NOT NULL"))
}
`;
const FIRST = `CREATE TABLE "Thing" ("id" INTEGER NOT NULL, "name" TEXT, CONSTRAINT "Thing_pkey" PRIMARY KEY ("id"));
CREATE UNIQUE INDEX "Thing_named" ON "Thing"("name") WHERE (name IS NOT NULL);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'refused; twice';
END $$;
`;

beforeAll(async () => {
  clone = await cloneDatabase(inject("databaseServerUrl"));
  database = openDatabase(clone.url, { maxConnections: 2 });
});
afterAll(async () => {
  await database.close();
  await clone.drop();
});

beforeEach(async () => {
  await database.pool.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  project = mkdtempSync(join(tmpdir(), "bifrost-prisma-"));
  symlinkSync(join(root, "node_modules"), join(project, "node_modules"));
  symlinkSync(join(root, "scripts"), join(project, "scripts"));
  cpSync(join(root, "prisma.config.ts"), join(project, "prisma.config.ts"));
  mkdirSync(join(project, "prisma/migrations/20200101000000_first"), { recursive: true });
  writeFileSync(join(project, "prisma/migrations/migration_lock.toml"), 'provider = "postgresql"\n');
  writeFileSync(join(project, "prisma/migrations/20200101000000_first/migration.sql"), FIRST);
  writeFileSync(join(project, "prisma/schema.prisma"), SCHEMA);
  return () => rmSync(project, { recursive: true });
});

test("validates and generates without a database or a variable", async () => {
  expect((await prisma(["validate"], {})).code).toBe(0);
  expect((await prisma(["generate"], {})).code).toBe(0);
  expect(readdirSync(join(project, "generated"))).toContain("client.ts");
});

test("deploys a function whose body has semicolons, and then is up to date", async () => {
  expect((await prisma(["migrate", "status"])).code).toBe(1);
  expect((await prisma(["migrate", "deploy"])).code).toBe(0);
  expect(await prisma(["migrate", "status"])).toMatchObject({
    code: 0,
    output: expect.stringContaining("up to date"),
  });
});

test("tells drift by exit code 2, in a partial index's condition too, and none by 0", async () => {
  expect((await diff()).code).toBe(0);
  writeFileSync(join(project, "prisma/schema.prisma"), SCHEMA.replace("name IS NOT NULL", "id > 0"));
  expect(await diff()).toMatchObject({ code: 2, output: expect.stringContaining("WHERE (id > 0)") });
  writeFileSync(
    join(project, "prisma/schema.prisma"),
    SCHEMA.replace("name String?", "name String?\n  size Int?"),
  );
  expect(await diff()).toMatchObject({ code: 2, output: expect.stringContaining('ADD COLUMN     "size"') });
});

test("replays migrations on a shadow database of its own, and leaves none behind", async () => {
  await diff();
  const tables = await database.pool.query("SELECT 1 FROM pg_tables WHERE schemaname = 'public'");
  expect(tables.rowCount).toBe(0);
  const shadows = await database.pool.query(
    "SELECT 1 FROM pg_database WHERE datname LIKE 'bifrost_shadow_%'",
  );
  expect(shadows.rowCount).toBe(0);
});

test("a migration that fails is named, with what PostgreSQL did not find", async () => {
  writeFileSync(
    join(project, "prisma/migrations/20200101000000_first/migration.sql"),
    "SELECT broken FROM nowhere;",
  );
  expect(await prisma(["migrate", "deploy"])).toMatchObject({
    code: 1,
    output: expect.stringContaining("20200101000000_first"),
  });
});

test("a database that is not there is made; a server that is not there is P1001", async () => {
  const missing = new URL(clone.url);
  missing.pathname += "_missing";
  expect((await prisma(["migrate", "deploy"], { DATABASE_URL: missing.href })).code).toBe(0);
  await database.pool.query(`DROP DATABASE "${missing.pathname.slice(1)}" WITH (FORCE)`);
  const down = await prisma(["migrate", "deploy"], { DATABASE_URL: "postgresql://u:p@127.0.0.1:1/x" });
  expect(down).toMatchObject({ code: 1, output: expect.stringContaining("P1001") });
});

test("the engine and its glue are of one build", () => {
  const wasm = new WebAssembly.Module(
    readFileSync(join(root, "node_modules/prisma/build/schema_engine_bg.wasm")),
  );
  const glue = readFileSync(
    join(root, "node_modules/@prisma/schema-engine-wasm/schema_engine_bg.js"),
    "utf8",
  );
  expect(WebAssembly.Module.imports(wasm).filter(({ name }) => !glue.includes(name))).toEqual([]);
});

const diff = () =>
  prisma([
    "migrate",
    "diff",
    "--from-migrations",
    "prisma/migrations",
    "--to-schema",
    "prisma/schema.prisma",
    "--script",
    "--exit-code",
  ]);

function prisma(
  args: string[],
  env: Record<string, string> = { DATABASE_URL: clone.url },
): Promise<{ code: number; output: string }> {
  return new Promise((done) => {
    execFile(
      join(root, "node_modules/.bin/prisma"),
      args,
      {
        cwd: project,
        env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", NODE_ENV: "test", ...env },
      },
      (error, stdout, stderr) =>
        done({ code: error === null ? 0 : Number(error.code), output: `${stdout}${stderr}` }),
    );
  });
}
