// The browser tests, with whatever browser this machine has or can get.
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { ensureBrowser } from "./start/browser.mjs";

const root = resolve(fileURLToPath(import.meta.url), "../..");

try {
  const browser = await ensureBrowser(root, console.log);
  const { status } = spawnSync(
    process.execPath,
    [join(root, "node_modules/@playwright/test/cli.js"), "test", ...process.argv.slice(2)],
    { cwd: root, stdio: "inherit", env: { ...process.env, CHROMIUM_PATH: browser } },
  );
  process.exitCode = status ?? 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
