// Runs one command of the operator's against the database: DATABASE_URL, or the embedded one, started where it is not; with
// `--demo`, the demo's.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { bundleOperator } from "./build.mjs";
import { withEmbeddedPostgres } from "./embedded-postgres.mjs";
import { ensureKeys } from "./keys.mjs";
import { migrate } from "./migrate.mjs";
import { dataDirOf } from "./settings.mjs";

const root = resolve(fileURLToPath(import.meta.url), "../../..");
const given = process.argv.slice(2);
const demo = given.includes("--demo");
const args = given.filter((argument) => argument !== "--demo");
const isDoctor = args[0] === "doctor";
const needsDatabase =
  args.length > 0 && !args.some((argument) => ["--help", "-h", "help", "--version"].includes(argument));

try {
  process.exitCode = await main();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  if (isDoctor) {
    process.exitCode = await runOperator({ BIFROST_DATABASE_PROBLEM: message });
  } else {
    if (args.includes("--json"))
      console.log(JSON.stringify({ error: { code: "service_unavailable", message } }));
    console.error(message);
    process.exitCode = 1;
  }
}

async function main() {
  await bundleOperator(root);
  if (!needsDatabase || (process.env["DATABASE_URL"] && !demo)) return runOperator({});
  const dataDir = dataDirOf(root, demo);
  requireMeantDatabase(dataDir);
  mkdirSync(dataDir, { recursive: true });
  const keys = ensureKeys(dataDir);
  return withEmbeddedPostgres(dataDir, async (url) => {
    if (!isDoctor) await migrate(root, url, (line) => console.error(line));
    return runOperator({
      DATABASE_URL: url,
      BIFROST_EMBEDDED_DATABASE: "1",
      BIFROST_ENCRYPTION_KEYS: process.env["BIFROST_ENCRYPTION_KEYS"] || keys.encryptionKeys,
      AUTH_SECRET: process.env["AUTH_SECRET"] || keys.authSecret,
      BIFROST_URL: process.env["BIFROST_URL"] || runningUrl(dataDir),
    });
  });
}

/**
 * A command may be the first to need its database, but must not make one beside the one that was meant.
 *
 * @param {string} dataDir
 * @throws {Error} one line that names the other
 */
function requireMeantDatabase(dataDir) {
  if (hasDatabase(dataDir)) return;
  if (demo) throw new Error("There is no demo here yet. Start it: npm start -- --demo");
  if (!hasDatabase(dataDirOf(root, true))) return;
  throw new Error(
    `There is no database in ${dataDir} yet, only the demo's. For the demo: npm run bifrost -- --demo …; for a database of your own, run npm start first.`,
  );
}

/** @param {string} dataDir */
function hasDatabase(dataDir) {
  return existsSync(join(dataDir, "database.json"));
}

/** The address of the server that runs on this data directory, so that links lead there. @param {string} dataDir */
function runningUrl(dataDir) {
  const path = join(dataDir, "server.json");
  if (process.env["PORT"] || !existsSync(path)) return "";
  /** @type {{ publicUrl: string }} */
  const { publicUrl } = JSON.parse(readFileSync(path, "utf8"));
  return publicUrl;
}

/** @param {Record<string, string>} env @returns {Promise<number>} its exit code */
async function runOperator(env) {
  const child = spawn(process.execPath, ["--enable-source-maps", join(root, "dist/operator.mjs"), ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, BIFROST_DATA_DIR: dataDirOf(root, demo), ...env },
  });
  const [code] = await once(child, "exit");
  return typeof code === "number" ? code : 1;
}
