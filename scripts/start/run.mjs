// The part of `npm start` that needs what npm installed.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { ensureBuilt, generateClient } from "./build.mjs";
import { requireOwnDatabase, requireReachableServices } from "./demo.mjs";
import { lockDataDir, startPostgres } from "./embedded-postgres.mjs";
import { ensureKeys } from "./keys.mjs";
import { lock } from "./lock.mjs";
import { migrate, readMigrationState, requireKnown } from "./migrate.mjs";
import { dataDirOf, findFreePort } from "./settings.mjs";
import { supervise } from "./supervise.mjs";

/** Ctrl+C under npm arrives twice: from the terminal and passed on by npm. */
const SAME_SIGNAL_MS = 500;

/** @typedef {import("./supervise.mjs").Supervised} Supervised */

/**
 * @param {string} root
 * @param {string} mode `start`, or `web`, `worker`, `dev`
 * @param {string[]} args
 * @param {(line: string) => void} say
 */
export async function run(root, mode, args, say) {
  const demo = args.includes("--demo");
  const dev = mode === "dev";
  const unknown = args.find((argument) => argument !== mode && argument !== "--demo");
  if (unknown !== undefined) throw new Error(`There is no ${unknown} here. npm start takes -- --demo.`);
  if (demo) requireOwnDatabase();

  /** @type {Supervised[]} */
  const children = [];
  /** @type {Awaited<ReturnType<typeof startPostgres>> | undefined} */
  let postgres;
  /** @type {(() => void) | undefined} */
  let releaseDataDir;

  let endingSinceMs = 0;
  /** @param {number} code */
  const end = async (code) => {
    if (endingSinceMs !== 0) {
      if (Date.now() - endingSinceMs < SAME_SIGNAL_MS) return;
      for (const child of children) child.kill();
      if (postgres !== undefined) process.kill(postgres.pid, "SIGQUIT");
      releaseDataDir?.();
      process.exit(code === 0 ? 130 : code);
    }
    endingSinceMs = Date.now();
    await Promise.all(children.map((child) => child.stop()));
    await postgres?.stop();
    releaseDataDir?.();
    process.exit(code);
  };
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGINT", "SIGHUP"])) {
    process.on(signal, () => {
      if (endingSinceMs === 0) say("Finishing what is under way; once more ends at once.");
      void end(0);
    });
  }

  const parent = process.ppid;
  // npm ended without passing a signal on: nobody is left to end this.
  if (process.env["npm_lifecycle_event"] !== undefined) {
    setInterval(() => {
      if (process.ppid !== parent && endingSinceMs === 0) void end(0);
    }, 1000).unref();
  }

  try {
    const dataDir = dataDirOf(root, demo);
    const embedded = !process.env["DATABASE_URL"] && (mode === "start" || dev);
    /** @type {Record<string, string | undefined>} */
    const settings = { ...process.env, BIFROST_DATA_DIR: dataDir };
    if (embedded) {
      mkdirSync(dataDir, { recursive: true });
      releaseDataDir = await lockDataDir(dataDir);
      const keys = ensureKeys(dataDir);
      settings["BIFROST_ENCRYPTION_KEYS"] ||= keys.encryptionKeys;
      settings["AUTH_SECRET"] ||= keys.authSecret;
      settings["BIFROST_EMBEDDED_DATABASE"] = "1";
      // Not known yet; every other setting is judged before anything is built or started.
      settings["DATABASE_URL"] = "postgresql://embedded/bifrost";
    }
    const env = await readSettings(root, settings);
    if (demo) await requireReachableServices(root, env);
    // A database that cannot be used is told before a build that takes a minute.
    if (!embedded) await readMigrationState(root, env.databaseUrl).then(requireKnown);

    const releaseCheckout = await lock(
      join(root, ".bifrost/checkout.lock"),
      "Another start of this checkout",
      {
        timeoutMs: 600_000,
        onWait: (holder) => say(`Waiting for process ${holder.pid}, which builds here …`),
      },
    );
    try {
      if (dev) await generateClient(root);
      else await ensureBuilt(root, say);
    } finally {
      releaseCheckout();
    }

    if (embedded) {
      const isNew = !existsSync(join(dataDir, "database.json"));
      say(isNew ? "Making the database …" : "Starting the database …");
      postgres = await startPostgres(dataDir);
      settings["DATABASE_URL"] = postgres.url;
      void postgres.exited.then(() => {
        if (endingSinceMs !== 0) return;
        console.error(`The database ended unexpectedly (see ${join(dataDir, "postgres.log")}). Start again.`);
        void end(1);
      });
    }
    await migrate(root, settings["DATABASE_URL"] ?? "", say);

    if (mode === "start" || dev) {
      // One look at the web server's /metrics shows both processes.
      settings["BIFROST_WORKER_METRICS_PORT"] ||= String(await findFreePort(env.host));
      settings["BIFROST_SHOW_WORKER_METRICS"] = "1";
    }
    const nodeEnv = dev ? "development" : "production";
    const processEnv = /** @type {NodeJS.ProcessEnv} */ ({
      ...settings,
      NODE_ENV: nodeEnv,
      NEXT_TELEMETRY_DISABLED: "1",
    });
    /** @param {string} name @param {string} source @param {string} readyType */
    const launch = (name, source, readyType) => {
      const child = supervise({
        name,
        modulePath: join(root, dev ? source : `dist/${name}.mjs`),
        cwd: root,
        env: processEnv,
        readyType,
        execArgv: dev ? ["--import", "tsx"] : ["--enable-source-maps"],
        say,
      });
      children.push(child);
      return child;
    };

    const demoProcess = demo ? launch("demo", "scripts/demo/main.ts", "ready") : undefined;
    if (demoProcess !== undefined) {
      say("Starting the demo's services …");
      Object.assign(processEnv, (await demoProcess.ready)["env"]);
    }
    const setupUrl = mode === "worker" ? null : await firstRun(root, dev, processEnv, demo);
    if (mode !== "worker") {
      say("Starting the web server …");
      await launch("web", "server/web.ts", "listening").ready;
    }
    if (mode !== "web") await launch("worker", "server/worker.ts", "working").ready;

    if (mode === "worker") return;
    if (embedded) {
      writeFileSync(join(dataDir, "server.json"), JSON.stringify({ publicUrl: env.publicUrl }), {
        mode: 0o600,
      });
    }
    say(`Bifrost is ready: ${env.publicUrl}`);
    if (setupUrl !== null) say(`Create the first admin here, once, within the hour: ${setupUrl}`);
    if (demoProcess !== undefined) {
      const seeded = demoProcess.next("seeded");
      demoProcess.send({ type: "seed" });
      const { signInUrl } = await seeded;
      say(`Sign in with this link: ${String(signInUrl)}`);
      say("Then: Settings → Integrations → Microsoft_Graph → Connect.");
    }
  } catch (error) {
    // A child that ended has said why itself.
    if (error instanceof Error && error.message !== "") console.error(error.message);
    await end(1);
  }
}

/**
 * @param {string} root @param {Record<string, string | undefined>} settings
 * @returns {Promise<import("../../lib/env.ts").Env>}
 */
async function readSettings(root, settings) {
  const { readEnv } = await import(join(root, "lib/env.ts"));
  const { parseKeyring } = await import(join(root, "lib/crypto/keyring.ts"));
  const env = readEnv(settings);
  parseKeyring(env.encryptionKeys);
  return env;
}

/**
 * Makes the provider organization and the first admin or their setup link.
 *
 * @param {string} root @param {boolean} dev @param {NodeJS.ProcessEnv} env @param {boolean} demo
 * @returns {Promise<string | null>} the setup link
 */
async function firstRun(root, dev, env, demo) {
  const program = dev
    ? ["--import", "tsx", join(root, "scripts/operator/main.ts")]
    : [join(root, "dist/operator.mjs")];
  const { stdout } = await promisify(execFile)(process.execPath, [...program, "first-run", "--json"], {
    cwd: root,
    env,
  }).catch((/** @type {Error & { stderr?: string }} */ error) => {
    throw new Error((error.stderr ?? error.message).trim(), { cause: error });
  });
  /** @type {{ setup_url: string | null }} */
  const { setup_url: setupUrl } = JSON.parse(stdout);
  // The demo brings its own admin.
  return demo ? null : setupUrl;
}
