// Node builtins only, and Node 20's: this runs before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** @typedef {{ packages: Record<string, { version?: string, optional?: boolean, link?: boolean }> }} Lockfile */

/** @param {string} root */
export function runtimePath(root) {
  return join(root, "node_modules/.bin/node");
}

/**
 * Installs what package-lock.json names, where it is not there already. `npm install` rather than `npm ci`: that one
 * refuses a lockfile without the packages of other platforms, which not every registry mirror holds.
 *
 * @param {string} root
 * @param {(line: string) => void} say
 * @throws {Error} one line, when npm fails
 */
export function ensureInstalled(root, say) {
  const stamp = join(root, "node_modules/.bifrost-installed");
  const underWay = join(root, ".bifrost/installing");
  if (existsSync(runtimePath(root)) && !existsSync(underWay)) {
    const lockText = readFileSync(join(root, "package-lock.json"), "utf8");
    if (existsSync(stamp) && readFileSync(stamp, "utf8") === hashOf(lockText)) return;
    if (isInstalled(root, JSON.parse(lockText))) {
      writeFileSync(stamp, hashOf(lockText));
      return;
    }
  }
  say("Installing packages …");
  mkdirSync(join(root, ".bifrost"), { recursive: true });
  // An install that was killed leaves half a package that npm takes for a whole one.
  if (existsSync(underWay)) rmSync(join(root, "node_modules"), { recursive: true, force: true });
  writeFileSync(underWay, "");
  // npm's own program under the Node that runs this: PATH may name another npm, or none.
  const npm = process.env["npm_execpath"];
  const [command, before] = npm?.endsWith(".js") ? [process.execPath, [npm]] : ["npm", []];
  // Without --no-save npm writes this platform's view of the lockfile, and the next git pull would stumble over it.
  const args = ["install", "--include=dev", "--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status, error } = spawnSync(command, [...before, ...args], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) {
    throw new Error(
      `npm install failed${error ? ` (${error.message})` : ""}. Check the network and the npm registry, then start again.`,
    );
  }
  if (!existsSync(runtimePath(root))) {
    throw new Error(
      "npm installed no Node 24: its install scripts are switched off. Run npm config delete ignore-scripts, then start again.",
    );
  }
  writeFileSync(stamp, hashOf(readFileSync(join(root, "package-lock.json"), "utf8")));
  rmSync(underWay, { force: true });
}

/** @param {string} lockText */
function hashOf(lockText) {
  return createHash("sha256")
    .update(lockText)
    .update(process.platform + process.arch)
    .digest("hex");
}

/** Whether npm's record of node_modules says the same as the lockfile. @param {string} root @param {Lockfile} wanted */
function isInstalled(root, wanted) {
  const record = join(root, "node_modules/.package-lock.json");
  if (!existsSync(record)) return false;
  /** @type {Lockfile} */
  const { packages } = JSON.parse(readFileSync(record, "utf8"));
  return Object.entries(wanted.packages).every(([path, { version, optional, link }]) => {
    if (!path.startsWith("node_modules/") || link === true) return true;
    const found = packages[path];
    return found === undefined ? optional === true : found.version === version;
  });
}
