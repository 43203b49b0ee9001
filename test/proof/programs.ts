import { readFile, rm } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { join, relative } from "node:path";
import { build, type Plugin } from "esbuild";
import { projectRoot } from "@/server/project-root";

/** What an attempt may take. */
export interface Limits {
  sendWithinSeconds: number;
  answerWithinSeconds: number;
  leaseSeconds: number;
}

export const TRUE: Limits = { sendWithinSeconds: 20, answerWithinSeconds: 60, leaseSeconds: 90 };
export const SHORT: Limits = { sendWithinSeconds: 10, answerWithinSeconds: 15, leaseSeconds: 30 };

export interface Programs {
  web: string;
  worker: string;
  operator: string;
  remove: () => Promise<void>;
}

/** The engine's time limits, each where it is written, and what it is in the short programs. */
const SHORT_LIMITS: Record<string, [RegExp, number][]> = {
  "lib/refresh/claim-attempt.ts": [[/(LEASE_SECONDS = )[\d_]+/, SHORT.leaseSeconds]],
  "lib/refresh/run-attempt.ts": [
    [/(SEND_WITHIN_MS = )[\d_]+/, SHORT.sendWithinSeconds * 1_000],
    [/(ANSWER_WITHIN_MS = )[\d_]+/, SHORT.answerWithinSeconds * 1_000],
  ],
  "lib/refresh/force-refresh.ts": [[/(FORCED_WAITS_MS = )[\d_]+/, 20_000]],
  "lib/refresh/read-fresh-integration.ts": [[/(READ_WAITS_MS = )[\d_]+/, 7_000]],
  // The server ends the transaction of a paused process after this.
  "lib/db/client.ts": [[/(STATEMENT_TIMEOUT_MS = )[\d_]+/, 10_000]],
};

/**
 * Bundles the processes as `npm start` does. With short limits the engine's times are shorter, each below the next as
 * the true ones are: nothing but these bundles ever runs so, and the product has no such switch.
 */
export async function buildPrograms(limits: Limits): Promise<Programs> {
  const root = projectRoot();
  const folder = join(root, "dist", `proof-${randomUUID()}`);
  await build({
    absWorkingDir: root,
    entryPoints: {
      web: "test/proof/web-process.ts",
      worker: "server/worker.ts",
      operator: "scripts/operator/main.ts",
    },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    packages: "external",
    platform: "node",
    target: "node24",
    format: "esm",
    logLevel: "silent",
    plugins: limits === TRUE ? [] : [shortenLimits(root)],
  });
  return {
    web: join(folder, "web.mjs"),
    worker: join(folder, "worker.mjs"),
    operator: join(folder, "operator.mjs"),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function shortenLimits(root: string): Plugin {
  return {
    name: "short-limits",
    setup({ onLoad }) {
      onLoad({ filter: /lib\/(refresh|db)\/[a-z-]+\.ts$/ }, async ({ path }) => {
        let contents = await readFile(path, "utf8");
        for (const [limit, value] of SHORT_LIMITS[relative(root, path)] ?? []) {
          if (!limit.test(contents)) throw new Error(`${limit.source} is not in ${path} any more.`);
          contents = contents.replace(limit, (_, name: string) => name + String(value));
        }
        return { contents, loader: "ts" };
      });
    },
  };
}
