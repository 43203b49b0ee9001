import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const INSTALLED = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
];

/** The browser that the tests drive; undefined when there is none. @returns {Promise<string | undefined>} */
export async function findBrowser() {
  const { chromium } = await import("@playwright/test");
  const candidates = [process.env["CHROMIUM_PATH"], chromium.executablePath(), ...INSTALLED];
  return candidates.find((path) => path !== undefined && path !== "" && existsSync(path));
}

/**
 * @param {string} root
 * @param {(line: string) => void} say
 * @returns {Promise<string>}
 * @throws {Error} one line saying how to get one
 */
export async function ensureBrowser(root, say) {
  const found = await findBrowser();
  if (found !== undefined) return found;
  say("Installing a browser …");
  const attempts = [
    [process.execPath, join(root, "node_modules/@playwright/test/cli.js"), "install", "chromium"],
  ];
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    attempts.push(
      ["apt-get", "update", "-qq"],
      ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
    );
  }
  for (const [command = "", ...args] of attempts) {
    spawnSync(command, args, {
      stdio: "ignore",
      timeout: 300_000,
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
    const path = await findBrowser();
    if (path !== undefined) return path;
  }
  throw new Error("There is no browser for the tests. Install Chromium, or set CHROMIUM_PATH to one.");
}
