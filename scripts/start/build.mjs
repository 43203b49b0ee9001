import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { build } from "esbuild";

const INPUTS = [
  "app",
  "components",
  "lib",
  "server",
  "sdk",
  "scripts",
  "public",
  "prisma/schema.prisma",
  "package.json",
  "package-lock.json",
  "next.config.js",
  "postcss.config.mjs",
  "proxy.ts",
  "instrumentation-client.ts",
  "tsconfig.json",
];
const IGNORED = /(^|\/)(node_modules|dist|generated)(\/|$)|\.test\.tsx?$/;

/** What `npm start` runs, each bundled with our own code and none of npm's. */
const BUNDLES = {
  web: "server/web.ts",
  worker: "server/worker.ts",
  operator: "scripts/operator/main.ts",
  demo: "scripts/demo/main.ts",
};

/**
 * Builds what is stale, told by the contents of every file that goes in.
 *
 * @param {string} root
 * @param {(line: string) => void} say
 * @throws {Error} with the failing tool's output
 */
export async function ensureBuilt(root, say) {
  const stamp = join(root, "dist/build-stamp");
  const hash = hashInputs(root);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash && existsSync(join(root, ".next/BUILD_ID")))
    return;
  say("Building …");
  rmSync(stamp, { force: true });
  mkdirSync(join(root, "dist"), { recursive: true });
  await generateClient(root);
  await Promise.all([bundle(root, BUNDLES), runTool(root, "scripts/build-sdk.mjs")]);
  await runTool(root, "node_modules/next/dist/bin/next", "build");
  writeFileSync(stamp, hash);
}

/** @param {string} root */
export async function generateClient(root) {
  await runTool(root, "node_modules/prisma/build/index.js", "generate");
}

/** The operator's command line alone, in a moment: it may be asked for before anything was built. @param {string} root */
export async function bundleOperator(root) {
  if (!existsSync(join(root, "lib/db/generated/client.ts"))) await generateClient(root);
  await bundle(root, { operator: BUNDLES.operator });
}

/** @param {string} root @param {Record<string, string>} entryPoints */
async function bundle(root, entryPoints) {
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir: "dist",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: false,
    packages: "external",
    platform: "node",
    target: "node24",
    format: "esm",
    sourcemap: true,
    legalComments: "none",
    logLevel: "silent",
  });
}

/** @param {string} root */
function hashInputs(root) {
  const hash = createHash("sha256").update(process.version);
  for (const input of INPUTS) addTo(hash, root, input);
  return hash.digest("hex");
}

/** @param {import("node:crypto").Hash} hash @param {string} root @param {string} path */
function addTo(hash, root, path) {
  const full = join(root, path);
  if (IGNORED.test(path) || !existsSync(full)) return;
  /** @type {import("node:fs").Dirent[] | undefined} */
  let entries;
  try {
    entries = readdirSync(full, { withFileTypes: true });
  } catch {
    hash.update(path).update("\0").update(readFileSync(full));
    return;
  }
  for (const name of entries.map((entry) => entry.name).sort()) addTo(hash, root, `${path}/${name}`);
}

/** Silent unless it fails. @param {string} root @param {string} script @param {string[]} args @returns {Promise<void>} */
function runTool(root, script, ...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, script), ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        NODE_ENV: "production",
        NEXT_TELEMETRY_DISABLED: "1",
        PATH: `${join(root, "node_modules/.bin")}:${process.env["PATH"]}`,
      },
    });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`${output.trim()}\n${script} ${args.join(" ")} failed (${code}).`)),
    );
  });
}
