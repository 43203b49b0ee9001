// `npm test`, on a fresh clone too: every check there is, stopping at the first that fails. Node builtins only until the
// Node that npm installed takes over. `--static` leaves out what needs a database, a build or a browser; `--soak` is the
// long form of the refresh engine's proofs alone.
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { ensureInstalled, runtimePath } from "./start/install.mjs";
import { lock } from "./start/lock.mjs";

const root = resolve(fileURLToPath(import.meta.url), "../..");
const path = `${join(root, "node_modules/.bin")}:${process.env["PATH"]}`;

/** Settings of the shell (a PORT, a DATABASE_URL of somebody's) must not decide a test; these may. */
const KEPT =
  /^(PATH|HOME|USER|LANG|LC_.*|TERM|TMPDIR|CI|NO_COLOR|FORCE_COLOR|CHROMIUM_PATH|PLAYWRIGHT_.*|npm_config_.*|https?_proxy|HTTPS?_PROXY|NO_PROXY|NODE_EXTRA_CA_CERTS|TEST_DATABASE_URL|BIFROST_SHARED_DIR|BIFROST_SEED)$/;
/** @type {Record<string, string | undefined>} */
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => KEPT.test(name))),
  PATH: path,
  NEXT_TELEMETRY_DISABLED: "1",
  CHECKPOINT_DISABLE: "1",
};

/** @typedef {{ name: string, command: string[], dynamic?: boolean }} Phase */
/** @type {Phase[]} */
const PHASES = [
  { name: "generate", command: ["prisma", "generate"] },
  { name: "format", command: ["prettier", "--check", ".", "--log-level", "warn"] },
  { name: "lint", command: ["oxlint", "--deny-warnings"] },
  { name: "route types", command: ["next", "typegen"] },
  { name: "types", command: ["tsc", "--noEmit"] },
  {
    name: "structure",
    command: [
      "depcruise",
      "--config",
      ".dependency-cruiser.cjs",
      "app",
      "components",
      "lib",
      "server",
      "scripts",
      "sdk",
      "proxy.ts",
    ],
  },
  { name: "unused", command: ["knip"] },
  { name: "drift", command: ["node", "scripts/check-drift.mjs"], dynamic: true },
  { name: "unit and database tests", command: ["vitest", "run"], dynamic: true },
  { name: "build", command: ["node", "scripts/build.mjs"], dynamic: true },
  { name: "browser tests", command: ["node", "scripts/test-browser.mjs"], dynamic: true },
];

/** @type {Phase[]} */
const SOAK = [
  { name: "generate", command: ["prisma", "generate"] },
  { name: "proofs", command: ["vitest", "run", "--project", "db", "test/proof"] },
  { name: "interleavings", command: ["vitest", "run", "--project", "db", "lib/refresh/interleavings"] },
  { name: "any answer", command: ["vitest", "run", "--project", "db", "lib/refresh/any-answer"] },
];

const isStatic = process.argv.includes("--static");
const isSoak = process.argv.includes("--soak");
if (isSoak) env["BIFROST_SOAK"] = "1";
const startedMs = Date.now();
/** @type {{ name: string, seconds: string, passed: number, failed: number }[]} */
const results = [];

try {
  mkdirSync(join(root, ".bifrost"), { recursive: true });
  const release = await lock(join(root, ".bifrost/checkout.lock"), "Another start of this checkout", {
    timeoutMs: 600_000,
  });
  try {
    ensureInstalled(root, console.log);
  } finally {
    release();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

for (const phase of isSoak ? SOAK : PHASES) {
  if (isStatic && phase.dynamic === true) continue;
  console.log(`\n── ${phase.name}`);
  const phaseMs = Date.now();
  const { code, output } = await run(phase.command);
  const tests = countTests(output);
  // A phase without tests of its own is one check.
  const isOk = code === 0;
  const passed = tests?.passed ?? (isOk ? 1 : 0);
  const failed = isOk ? 0 : Math.max(1, tests?.failed ?? 1);
  results.push({ name: phase.name, seconds: ((Date.now() - phaseMs) / 1000).toFixed(1), passed, failed });
  if (!isOk) break;
}
const failure = results.find(({ failed }) => failed > 0);
console.log("");
for (const { name, seconds, passed, failed } of results) {
  console.log(
    `${failed > 0 ? "✗" : "✓"} ${name.padEnd(26)} ${seconds.padStart(7)} s   ${failed > 0 ? `${failed} failed, ` : ""}${passed} passed`,
  );
}
const total = {
  passed: sum(results.map(({ passed }) => passed)),
  failed: sum(results.map(({ failed }) => failed)),
};
if (failure !== undefined) console.log(`\nStopped at: ${failure.name}. What follows it was not run.`);
console.log(
  `\n${total.passed} passed, ${total.failed} failed (${((Date.now() - startedMs) / 1000).toFixed(0)} s)`,
);
process.exit(failure === undefined ? 0 : 1);

/** @param {string[]} command @returns {Promise<{ code: number, output: string }>} */
function run([program = "", ...args]) {
  return new Promise((done) => {
    const executable = program === "node" ? runtimePath(root) : join(root, "node_modules/.bin", program);
    const child = spawn(executable, args, {
      cwd: root,
      env: /** @type {NodeJS.ProcessEnv} */ (env),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const [stream, target] of /** @type {const} */ ([
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ])) {
      stream.on("data", (chunk) => {
        output += chunk;
        target.write(chunk);
      });
    }
    child.once("error", (error) => done({ code: 1, output: `${output}\n${error.message}` }));
    child.once("close", (code) => done({ code: code ?? 1, output }));
  });
}

/** vitest's "Tests  3 failed | 211 passed (214)", Playwright's "12 passed (34s)". @param {string} output */
function countTests(output) {
  // oxlint-disable-next-line no-control-regex
  const plain = output.replace(/\u001b\[[0-9;]*m/g, "");
  const line = /^\s*Tests\s+(.*)$/m.exec(plain)?.[1];
  const text =
    line ?? (/^\s+\d+ passed \(/m.test(plain) || /^\s+\d+ failed$/m.test(plain) ? plain : undefined);
  if (text === undefined) return undefined;
  /** @param {string} word */
  const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(text)?.[1] ?? 0);
  return { passed: count("passed"), failed: count("failed") };
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
