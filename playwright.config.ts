import { defineConfig, devices } from "@playwright/test";

/** Each spec starts the servers it needs (e2e/ has the fixtures), so that it can also stop and break them. */
export default defineConfig({
  testDir: "e2e",
  fullyParallel: false,
  // Two cores run a server, a database and a browser for each worker.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  forbidOnly: process.env["CI"] !== undefined,
  reporter: [["list"]],
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1440, height: 900 },
    launchOptions: process.env["CHROMIUM_PATH"] ? { executablePath: process.env["CHROMIUM_PATH"] } : {},
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
});
