// `npm run bifrost -- …`: the operator's command line. Node builtins only until the Node that npm installed takes over.
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { ensureInstalled, runtimePath } from "./start/install.mjs";
import { loadEnvFile } from "./start/settings.mjs";

const root = resolve(fileURLToPath(import.meta.url), "../..");

try {
  loadEnvFile(root);
  // On standard error: standard output belongs to the answer.
  ensureInstalled(root, (line) => console.error(line));
  const child = spawn(
    runtimePath(root),
    [join(root, "scripts/start/run-operator.mjs"), ...process.argv.slice(2)],
    {
      stdio: "inherit",
      env: { ...process.env, PATH: `${join(root, "node_modules/.bin")}:${process.env["PATH"]}` },
    },
  );
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGINT", "SIGHUP"]))
    process.on(signal, () => child.kill(signal));
  child.once("exit", (code) => process.exit(code ?? 1));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
