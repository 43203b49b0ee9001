// `npm start`: everything from a fresh clone to a page in the browser. Node builtins only, and Node 20's, up to the
// point where the Node that npm installed takes over: on a fresh clone nothing else is there.
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { ensureInstalled, runtimePath } from "./start/install.mjs";
import { lock } from "./start/lock.mjs";
import { loadEnvFile, requireFreePort } from "./start/settings.mjs";

const root = resolve(fileURLToPath(import.meta.url), "../..");
const MODES = ["start", "web", "worker", "dev", "migrate"];
const mode = process.argv[2] !== undefined && MODES.includes(process.argv[2]) ? process.argv[2] : "start";

/** @param {string} line */
const say = (line) => console.log(line);

try {
  loadEnvFile(root);
  if (mode !== "worker" && mode !== "migrate") await requireFreePort();
  const release = await lock(join(root, ".bifrost/checkout.lock"), "Another start of this checkout", {
    timeoutMs: 600_000,
    onWait: (holder) => say(`Waiting for process ${holder.pid}, which installs or builds here …`),
  });
  try {
    ensureInstalled(root, say);
  } finally {
    release();
  }
  if (Number(process.versions.node.split(".")[0]) < 24) {
    handOver();
  } else if (mode === "migrate") {
    const { runMigrate } = await import("./start/run-migrate.mjs");
    await runMigrate(root, say);
  } else {
    const { run } = await import("./start/run.mjs");
    await run(root, mode, process.argv.slice(2), say);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

/** Runs this file again under the Node of node_modules, and passes signals and the exit code on. */
function handOver() {
  const child = spawn(runtimePath(root), process.argv.slice(1), {
    stdio: "inherit",
    env: { ...process.env, PATH: `${join(root, "node_modules/.bin")}:${process.env["PATH"]}` },
  });
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGINT", "SIGHUP"]))
    process.on(signal, () => child.kill(signal));
  child.once("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}
