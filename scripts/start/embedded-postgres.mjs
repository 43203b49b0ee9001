import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  chownSync,
} from "node:fs";
import { createServer } from "node:net";
import { totalmem } from "node:os";
import { dirname, join } from "node:path";

import pg from "pg";

import { lock, tryLock } from "./lock.mjs";
import { findHome, ownedFolder } from "./postgres-home.mjs";
import { commandLine, isAlive, sleep } from "./process.mjs";

/** @typedef {{ port: number, password: string }} Access what database.json in the data directory holds */
/**
 * @typedef {object} RunningPostgres
 * @property {string} url
 * @property {number} pid
 * @property {Promise<void>} exited
 * @property {() => Promise<void>} stop lets transactions under way end or roll back, then ends the server
 */

const USER = "bifrost";
const DATABASE = "bifrost";
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
const LOG_LIMIT_BYTES = 10_000_000;
const LASTING = "npm start";
/** What passes by itself: an orphan of a server that was killed still ends, or the port was taken since it was chosen. */
const PASSING = /pre-existing shared memory block|could not create any TCP\/IP sockets/;
const PASSING_LIMIT_MS = 60_000;
const COMPLAINT = /FATAL|PANIC|error/i;

/** Nothing of ours: PGDATA, PGPORT and the like would be taken as its own. */
const POSTGRES_ENV = /** @type {NodeJS.ProcessEnv} */ (
  /** @type {unknown} */ ({ PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" })
);

/** PostgreSQL's own default suits a machine of 2 GB; a sixteenth of the memory, up to 1 GB, is taken as it is used. */
const SHARED_BUFFERS_MB = Math.round(Math.min(1_024, Math.max(128, totalmem() / 1_048_576 / 16)));

const SETTINGS = {
  shared_buffers: `${SHARED_BUFFERS_MB}MB`,
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "200",
  synchronous_commit: "on",
  timezone: "UTC",
  log_timezone: "UTC",
  jit: "off",
  // Values stay out of the log: neither statements nor the rows that an error's detail quotes.
  log_min_messages: "warning",
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
  log_parameter_max_length: "0",
  log_parameter_max_length_on_error: "0",
};

/**
 * Takes the data directory for this process: one `npm start`, or one command between two of them, at a time.
 *
 * @param {string} dataDir absolute
 * @param {{ onWait?: (holder: import("./lock.mjs").Holder) => void }} [options]
 * @returns {Promise<() => void>} gives it back
 * @throws {Error} one line, when another `npm start` has it
 */
export async function lockDataDir(dataDir, { onWait } = {}) {
  const attempt = tryLock(join(dataDir, "lock"), LASTING);
  if (attempt.release !== undefined) return attempt.release;
  if (attempt.holder.purpose === LASTING) {
    throw new Error(
      `Bifrost already runs on ${dataDir} (process ${attempt.holder.pid}). Stop it, or set BIFROST_DATA_DIR and PORT for a second one.`,
    );
  }
  return lock(join(dataDir, "lock"), LASTING, { timeoutMs: 30_000, ...(onWait ? { onWait } : {}) });
}

/**
 * The address of the embedded database: of the server that runs, or of one that runs for this call.
 *
 * @template T
 * @param {string} dataDir absolute
 * @param {(url: string) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withEmbeddedPostgres(dataDir, use) {
  const path = join(dataDir, "lock");
  const until = Date.now() + 60_000;
  for (;;) {
    const attempt = tryLock(path, "A command of Bifrost");
    if (attempt.release !== undefined) {
      try {
        const server = await startPostgres(dataDir);
        try {
          return await use(server.url);
        } finally {
          await server.stop();
        }
      } finally {
        attempt.release();
      }
    }
    if (attempt.holder.purpose === LASTING) {
      const url = await runningUrl(dataDir);
      if (url !== undefined) return await use(url);
    }
    if (Date.now() > until)
      throw new Error(`The database in ${dataDir} did not become ready within a minute.`);
    await sleep(100);
  }
}

/** @param {string} dataDir @returns {Promise<string | undefined>} */
async function runningUrl(dataDir) {
  const access = readAccess(dataDir);
  if (access === undefined) return undefined;
  const url = urlOf(access);
  return (await canConnect(url)) ? url : undefined;
}

/**
 * Starts the embedded PostgreSQL of a data directory, making it first where there is none. The caller holds the lock.
 * A server that outlived its `npm start` is stopped and started again, so that this process owns it.
 *
 * @param {string} dataDir absolute
 * @param {Record<string, string>} [overrides] of postgresql.conf
 * @returns {Promise<RunningPostgres>}
 * @throws {Error} one line saying what to do
 */
export async function startPostgres(dataDir, overrides = {}) {
  const until = Date.now() + PASSING_LIMIT_MS;
  for (;;) {
    try {
      return await startOnce(dataDir, overrides);
    } catch (error) {
      if (!(error instanceof Error) || !PASSING.test(error.message) || Date.now() > until) throw error;
      await sleep(200);
    }
  }
}

/** @param {string} dataDir @param {Record<string, string>} overrides @returns {Promise<RunningPostgres>} */
async function startOnce(dataDir, overrides) {
  const { runAs, binaries, cluster } = findHome(dataDir);
  const access = readAccess(dataDir) ?? { port: 0, password: randomBytes(24).toString("base64url") };
  if (!existsSync(join(cluster, "PG_VERSION"))) {
    await initialise(binaries, cluster, runAs, access.password);
  }
  // The mode of a copied or restored folder may be too open for PostgreSQL, which then refuses to start.
  ownedFolder(cluster, runAs);
  await stopSurvivor(cluster);
  access.port = await freePort(access.port);
  writeAccess(dataDir, access);

  const logPath = join(dataDir, "postgres.log");
  if (existsSync(logPath) && statSync(logPath).size > LOG_LIMIT_BYTES) renameSync(logPath, `${logPath}.1`);
  const logStart = existsSync(logPath) ? statSync(logPath).size : 0;
  const log = openSync(logPath, "a", 0o600);
  const settings = Object.entries({ ...SETTINGS, ...overrides, port: String(access.port) }).flatMap(
    ([name, value]) => ["-c", `${name}=${value}`],
  );
  const child = spawn(join(binaries, "bin/postgres"), ["-D", cluster, ...settings], {
    ...runAs,
    cwd: "/",
    // Its own process group: Ctrl+C in the terminal must not end the database before the web server has drained.
    detached: true,
    stdio: ["ignore", log, log],
    env: POSTGRES_ENV,
  });
  closeSync(log);
  /** @type {Promise<void>} */
  const exited = new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const pid = child.pid;
  if (pid === undefined)
    throw new Error(`PostgreSQL cannot be started from ${binaries}. Remove node_modules and start again.`);

  const stop = async () => {
    child.kill("SIGINT");
    const timer = setTimeout(() => child.kill("SIGQUIT"), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  };
  try {
    await untilReady(cluster, child, logPath, logStart);
    await ensureDatabase(access);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: urlOf(access), pid, exited, stop };
}

/**
 * @param {string} binaries @param {string} cluster
 * @param {import("./postgres-home.mjs").RunAs} runAs @param {string} password
 */
async function initialise(binaries, cluster, runAs, password) {
  // Made aside and moved, so that a start killed here leaves no half a cluster that looks like one.
  const aside = `${cluster}.new`;
  rmSync(aside, { recursive: true, force: true });
  ownedFolder(aside, runAs);
  const passwordFile = `${cluster}.password`;
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (runAs !== undefined) chownSync(passwordFile, runAs.uid, runAs.gid);
  try {
    const initdb = spawn(
      join(binaries, "bin/initdb"),
      [
        `--pgdata=${aside}`,
        `--username=${USER}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
      ],
      {
        ...runAs,
        cwd: "/",
        stdio: ["ignore", "ignore", "pipe"],
        env: POSTGRES_ENV,
      },
    );
    let complaint = "";
    initdb.stderr?.on("data", (chunk) => (complaint += chunk));
    const [code] = await once(initdb, "close");
    if (code !== 0) throw new Error(`PostgreSQL cannot make its folder ${cluster}: ${lastLine(complaint)}`);
    // An empty or half-made folder of a start that was killed; PG_VERSION is missing there.
    rmSync(cluster, { recursive: true, force: true });
    renameSync(aside, cluster);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/**
 * After `kill -9` of `npm start` its PostgreSQL lives on, and after `kill -9` of both, postmaster.pid may name a
 * process id that meanwhile belongs to something else.
 *
 * @param {string} cluster
 */
async function stopSurvivor(cluster) {
  const pidFile = join(cluster, "postmaster.pid");
  const lines = existsSync(pidFile) ? readFileSync(pidFile, "utf8").split("\n") : [];
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return;
  if (!commandLine(pid).includes(cluster)) {
    // Not ours. A process id that never exists makes PostgreSQL go on to its own check for orphans in shared memory.
    lines[0] = "2147483646";
    writeFileSync(pidFile, lines.join("\n"));
    return;
  }
  process.kill(pid, "SIGINT");
  const until = Date.now() + STOP_TIMEOUT_MS;
  while (isAlive(pid) && commandLine(pid).includes(cluster)) {
    if (Date.now() > until) process.kill(pid, "SIGQUIT");
    await sleep(50);
  }
}

/**
 * @param {string} cluster @param {import("node:child_process").ChildProcess} child
 * @param {string} logPath @param {number} logStart
 */
async function untilReady(cluster, child, logPath, logStart) {
  const until = Date.now() + START_TIMEOUT_MS;
  const pidFile = join(cluster, "postmaster.pid");
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      const complaint = readFileSync(logPath, "utf8").slice(logStart);
      throw new Error(`PostgreSQL did not start: ${lastLine(complaint)} (see ${logPath})`);
    }
    const lines = existsSync(pidFile) ? readFileSync(pidFile, "utf8").split("\n") : [];
    if (lines[0] === String(child.pid) && lines[7]?.trim() === "ready") return;
    if (Date.now() > until) throw new Error(`PostgreSQL was not ready within a minute (see ${logPath}).`);
    await sleep(10);
  }
}

/** @param {Access} access */
async function ensureDatabase(access) {
  const client = new pg.Client({
    connectionString: urlOf(access, "postgres"),
    connectionTimeoutMillis: 5000,
  });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE "${DATABASE}"`);
  } finally {
    await client.end();
  }
}

/** @param {string} url */
async function canConnect(url) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

/** The port of last time where it is free, so that a psql left open finds it again. @param {number} preferred @returns {Promise<number>} */
function freePort(preferred) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => (preferred === 0 ? reject(error) : resolve(freePort(0))));
    server.listen(preferred, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : preferred));
    });
  });
}

/** @param {Access} access @param {string} [database] */
function urlOf({ port, password }, database = DATABASE) {
  return `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;
}

/** @param {string} dataDir @returns {Access | undefined} */
function readAccess(dataDir) {
  const path = join(dataDir, "database.json");
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw new Error(`${path} is damaged: it holds the database's password. Restore it from a backup.`);
  }
}

/** @param {string} dataDir @param {Access} access */
function writeAccess(dataDir, access) {
  const path = join(dataDir, "database.json");
  const aside = join(dirname(path), `database.json.${process.pid}`);
  writeFileSync(aside, JSON.stringify(access), { mode: 0o600 });
  renameSync(aside, path);
}

/** @param {string} text */
function lastLine(text) {
  const lines = text
    .trim()
    .split("\n")
    .filter((line) => line.trim() !== "");
  // A killed server's processes may write their own last words between.
  const why = lines.findLast((line) => PASSING.test(line)) ?? lines.findLast((line) => COMPLAINT.test(line));
  return why ?? lines.at(-1) ?? "no reason given";
}
