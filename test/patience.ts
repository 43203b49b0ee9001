import { vi } from "vitest";

/** As long as vitest.config.ts lets `expect.poll` wait: for `vi.waitFor` vitest has no setting, and its limit is a second. */
const PATIENCE_MS = 60_000;

const waitFor = vi.waitFor;
vi.waitFor = (callback, options) =>
  waitFor(callback, typeof options === "number" ? options : { timeout: PATIENCE_MS, ...options });
