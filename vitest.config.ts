import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

import { configDefaults, defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));
const shared = {
  extends: true,
  resolve: { alias: { "@": root.replace(/\/$/, "") } },
} as const;

export default defineConfig({
  test: {
    // On two cores the default is one, and a test that waits for PostgreSQL or a service would wait alone.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // The shell's own settings must not reach a test: each test states what it needs.
    env: { DATABASE_URL: "", BIFROST_URL: "", PORT: "", HOST: "", NODE_ENV: "test" },
    // Vitest waits a second for what must come, a slow machine needs longer; here, so that no test can forget it.
    expect: { poll: { timeout: 60_000 } },
    setupFiles: ["test/patience.ts"],
    projects: [
      {
        ...shared,
        test: {
          name: "pure",
          // Properties are tried hundreds of times, beside other tests on a machine that may be slow.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          include: ["**/*.test.ts"],
          exclude: [...configDefaults.exclude, "**/*.db.test.ts", "e2e/**", ".next/**", "dist/**"],
        },
      },
      {
        ...shared,
        test: {
          name: "db",
          include: ["**/*.db.test.ts"],
          exclude: [...configDefaults.exclude, "e2e/**", ".next/**", "dist/**"],
          globalSetup: ["test/database.global.ts"],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // The proofs of test/proof wait rather than work, side by side.
          maxConcurrency: 10,
        },
      },
    ],
  },
});
