// Node builtins only, and Node 20's: this runs before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** @typedef {{ packages: Record<string, { version?: string, optional?: boolean, link?: boolean }> }} Lockfile */

/** @param {string} root */
export function runtimePath(root) {
  return join(root, "node_modules/.bin/node");
}

/**
 * Installs what package-lock.json names, where it is not there already. An install that was killed counts as none: npm
 * writes its own record of node_modules last.
 *
 * @param {string} root
 * @param {(line: string) => void} say
 * @throws {Error} one line, when npm fails
 */
export function ensureInstalled(root, say) {
  const lockText = readFileSync(join(root, "package-lock.json"), "utf8");
  const hash = createHash("sha256")
    .update(lockText)
    .update(process.platform + process.arch)
    .digest("hex");
  const stamp = join(root, "node_modules/.bifrost-installed");
  if (existsSync(runtimePath(root))) {
    if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
    if (isInstalled(root, JSON.parse(lockText))) {
      writeFileSync(stamp, hash);
      return;
    }
  }
  say("Installing packages …");
  // npm's own program under the Node that runs this: PATH may name another npm, or none.
  const npm = process.env["npm_execpath"];
  const [command, before] = npm?.endsWith(".js") ? [process.execPath, [npm]] : ["npm", []];
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const { status, error } = spawnSync(command, [...before, ...args], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) {
    throw new Error(
      `npm ci failed${error ? ` (${error.message})` : ""}. Check the network and the npm registry, then start again.`,
    );
  }
  if (!existsSync(runtimePath(root))) {
    throw new Error(
      "npm installed no Node 24: its install scripts are switched off. Run npm config delete ignore-scripts, then start again.",
    );
  }
  writeFileSync(stamp, hash);
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
