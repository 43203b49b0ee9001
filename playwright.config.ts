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
  // Twice what two busy cores need.
  timeout: 180_000,
  expect: { timeout: 15_000 },
  use: {
    browserName: "chromium",
    launchOptions: { executablePath },
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    timezoneId: "UTC",
    // Sliding and fading would be photographed half way.
    contextOptions: { reducedMotion: "reduce" },
    actionTimeout: 15_000,
    screenshot: "only-on-failure",
    // Recording every test for the one that fails would double the time; PLAYWRIGHT_TRACE=1 does.
    trace: process.env["PLAYWRIGHT_TRACE"] === "1" ? "retain-on-failure" : "off",
  },
});
