import { defineConfig } from "@playwright/test";
import { ensureBrowser } from "./scripts/start/browser.mjs";

const executablePath = await ensureBrowser(import.meta.dirname, (line) => console.log(line));

/** Each worker runs a product of its own (e2e/fixtures); specs that need another one, or break it, start their own. */
export default defineConfig({
  testDir: "e2e",
  globalSetup: "./e2e/fixtures/build.global.ts",
  workers: 2,
  forbidOnly: process.env["CI"] !== undefined,
  reporter: [["list"]],
  // For what never ends: a slow machine must not fail a test, and one that passes does not wait.
  timeout: 600_000,
  expect: { timeout: 30_000 },
  use: {
    browserName: "chromium",
    launchOptions: { executablePath },
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "UTC",
    // Sliding and fading would be photographed half way.
    contextOptions: { reducedMotion: "reduce" },
    actionTimeout: 30_000,
    screenshot: "only-on-failure",
    // Recording every test for the one that fails would double the time; PLAYWRIGHT_TRACE=1 does.
    trace: process.env["PLAYWRIGHT_TRACE"] === "1" ? "retain-on-failure" : "off",
  },
});
