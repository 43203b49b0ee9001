#!/usr/bin/env node
// Stands where the Prisma CLI looks for its native schema engine, which it would have to download: the CLI spawns this
// file and speaks JSON-RPC with it, a line a message. The answers come from the same engine compiled to WebAssembly,
// which the prisma package carries. docs/adr/0003-migration-engine-without-a-download.md tells the traps.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as glue from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";

import { SchemaEngineAdapterFactory } from "./schema-engine-adapter.mjs";
import { createMigration, evaluateDataLoss } from "./schema-engine-migration.mjs";

/** @typedef {{ url?: string, shadowDatabaseUrl?: string }} Datasource */
/** @typedef {{ id: number, method: string, params?: unknown }} Request */

const { SchemaEngine } = glue;

/** JSON-RPC's method names where the engine's own differ. */
const METHODS = /** @type {Record<string, string>} */ ({ getDatabaseVersion: "version" });

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    strict: false,
    options: {
      datasource: { type: "string" },
      datamodels: { type: "string", multiple: true },
      version: { type: "boolean" },
    },
  });
  if (values["version"] === true) {
    loadEngine();
    console.log(`schema-engine-cli ${glue.version()}`);
    return;
  }
  /** @type {Datasource} */
  const datasource = typeof values["datasource"] === "string" ? JSON.parse(values["datasource"]) : {};
  const withDatabase = await databaseOf(datasource.url);
  await withDatabase(async (url) => {
    if (positionals[0] === "cli") await runCommand(positionals[1] ?? "", url);
    else await serve(url, (values["datamodels"] ?? []).map(String));
  });
}

/**
 * prisma.config.ts names the embedded database by this scheme, since it may have to be started first.
 *
 * @param {string | undefined} url
 * @returns {Promise<<T>(use: (url: string | undefined) => Promise<T>) => Promise<T>>}
 */
async function databaseOf(url) {
  const embedded = url === undefined ? null : new URL(url).searchParams.get("bifrost_data_dir");
  if (embedded === null) return (use) => use(url);
  const { withEmbeddedPostgres } = await import("./start/embedded-postgres.mjs");
  return (use) => withEmbeddedPostgres(resolve(embedded), use);
}

/** Answers requests until the CLI closes the pipe. @param {string | undefined} url @param {string[]} datamodels */
async function serve(url, datamodels) {
  loadEngine();
  const factory = new SchemaEngineAdapterFactory(url);
  const files = /** @type {[string, string][]} */ (
    datamodels.map((path) => [path, readFileSync(path, "utf8")])
  );
  try {
    for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
      if (line.trim() === "") continue;
      /** @type {Partial<Request>} */
      const message = JSON.parse(line);
      // The CLI's receipt for something printed.
      if (message.method === undefined) continue;
      const request = /** @type {Request} */ (message);
      const answer = await respond(request, async () => {
        /** @param {string} method @param {unknown} params */
        const ask = async (method, params) => {
          // An engine a request: it takes its connections with it, and knows nothing of what the last one changed.
          const options = { datamodels: files.length > 0 ? files : undefined };
          const engine = await SchemaEngine.new(options, log, bindMigrationAwareSqlAdapterFactory(factory));
          const calls = /** @type {Record<string, (params: unknown) => Promise<unknown>>} */ (
            /** @type {unknown} */ (engine)
          );
          const call = calls[METHODS[method] ?? method];
          if (call === undefined) throw new Error(`The schema engine has no method ${method}.`);
          try {
            return await call.call(calls, params);
          } finally {
            await factory.close();
          }
        };
        if (request.method === "createDatabase") return { databaseName: await createDatabase(url) };
        if (request.method === "evaluateDataLoss") return evaluateDataLoss(ask, request.params);
        if (request.method === "createMigration") return createMigration(ask, request.params);
        const result = await ask(request.method, request.params);
        if (request.method === "diff") print(/** @type {{ stdout: string | null }} */ (result));
        return result ?? null;
      });
      process.stdout.write(`${JSON.stringify(answer)}\n`);
    }
  } finally {
    await factory.close();
  }
}

/** The CLI shows only what it is asked to print. @param {{ stdout: string | null }} result */
function print(result) {
  if (result.stdout === null) return;
  process.stdout.write(
    `${JSON.stringify({ jsonrpc: "2.0", id: 0, method: "print", params: { content: result.stdout } })}\n`,
  );
  result.stdout = null;
}

/** @param {Request} request @param {() => Promise<unknown>} run */
async function respond({ id }, run) {
  try {
    return { jsonrpc: "2.0", id, result: await run() };
  } catch (error) {
    const { code, message } = describe(error);
    return {
      jsonrpc: "2.0",
      id,
      error: {
        code: 4466,
        message: "An error happened.",
        data: { is_panic: false, message, error_code: code },
      },
    };
  }
}

/** `prisma migrate` asks so whether the database is there, and makes it. @param {string} command @param {string | undefined} url */
async function runCommand(command, url) {
  try {
    if (command === "can-connect-to-database") await connect(url);
    else if (command === "create-database") await createDatabase(url);
    else throw new Error(`The schema engine has no command ${command}.`);
  } catch (error) {
    const { code, message } = describe(error);
    const fields = { error_code: code ?? "P1000", message, is_panic: false };
    // The CLI throws the first line away.
    process.stderr.write(`\n${JSON.stringify({ level: "ERROR", target: "schema_engine::logger", fields })}`);
    process.exitCode = 1;
  }
}

/** @param {string | undefined} url */
async function connect(url) {
  const client = new pg.Client({
    connectionString: withoutPrismaParameters(url),
    connectionTimeoutMillis: 5000,
  });
  client.on("error", () => {});
  await client.connect();
  await client.end();
}

/** @param {string | undefined} url @returns {Promise<string>} its name */
async function createDatabase(url) {
  const target = new URL(withoutPrismaParameters(url));
  const name = decodeURIComponent(target.pathname.slice(1));
  target.pathname = "/postgres";
  const client = new pg.Client({ connectionString: target.href, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  return name;
}

/**
 * A user-facing error as Prisma numbers them. https://www.prisma.io/docs/orm/reference/error-reference
 *
 * @param {unknown} error
 * @returns {{ code?: string, message: string }}
 */
function describe(error) {
  if (!(error instanceof Error)) return { message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (code === "3D000") return { code: "P1003", message: error.message };
  if (code === "28P01" || code === "28000") return { code: "P1000", message: error.message };
  if (code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "ETIMEDOUT") {
    return { code: "P1001", message: `Can't reach the database server: ${error.message || code}` };
  }
  if (code === "42P04") return { code: "P1009", message: error.message };
  return {
    ...(code !== undefined && /^P\d{4}$/.test(code) ? { code } : {}),
    message: error.message || String(code),
  };
}

/** @param {string} record */
function log(record) {
  process.stderr.write(`${record}\n`);
}

/** @param {string | undefined} url */
function withoutPrismaParameters(url) {
  if (url === undefined) throw new Error("DATABASE_URL is not set.");
  return SchemaEngineAdapterFactory.split(url).connectionString;
}

/** The engine's code of the prisma package, so that CLI and engine are of one build, with the glue of its wasm package. */
function loadEngine() {
  const require = createRequire(import.meta.url);
  const path = join(dirname(require.resolve("prisma/package.json")), "build/schema_engine_bg.wasm");
  const compiled = new WebAssembly.Module(readFileSync(path));
  const { exports } = new WebAssembly.Instance(compiled, {
    "./schema_engine_bg.js": /** @type {any} */ (glue),
  });
  /** @type {any} */ (glue).__wbg_set_wasm(exports);
  /** @type {any} */ (exports).__wbindgen_start();
}

// The CLI signals as soon as it has its answer; its pipe, which closes then too, says the same and leaves time to drop
// a shadow database and to stop the embedded one.
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => {});

await main();
