import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium, type Page } from "@playwright/test";
import type { Ctx } from "@/lib/auth/context";
import { createSignInLink } from "@/lib/users/create-sign-in-link";
import { createUser } from "@/lib/users/create-user";
import { findBrowser } from "@/scripts/start/browser.mjs";
import { projectRoot } from "@/server/project-root";
import { seedProvider, testContext } from "@/test/context";
import { type Measurement, median, type Pace } from "./measurement";
import type { Bed } from "./read-integration";

const LIMIT_MS = 200;
const EMAIL = "bench@provider.example";
const INTEGRATION = "Service_0007";

/** From a click to its content, in a browser beside the server: the 95th of a hundred, over the screens of an integration. */
export async function measureClicks(bed: Bed, { rounds }: Pace): Promise<Measurement> {
  const build = spawnSync(process.execPath, ["scripts/build.mjs"], { cwd: projectRoot(), stdio: "inherit" });
  if (build.status !== 0) throw new Error("The product did not build.");
  const port = await freePort();
  const ctx = testContext(bed.db, undefined, { publicUrl: `http://localhost:${port}` });
  const server = startWeb(bed, ctx, port);
  const executablePath = await findBrowser();
  const browser = await chromium.launch(executablePath ? { executablePath } : {});
  try {
    await untilReady(server, port);
    const page = await browser.newPage();
    await signIn(page, bed, ctx);
    await walk(page);
    const measured: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const times: number[] = [];
      for (let walks = 0; walks < 5; walks++) times.push(...(await walk(page)));
      measured.push(Math.round(percentile(times, 0.95)));
    }
    const ratio = median(measured) / LIMIT_MS;
    const name = "Click to content in a browser, 95th percentile";
    return { name, ratio, limit: 1, bound: "atMost", unit: "ms", measured, reference: [LIMIT_MS] };
  } finally {
    await browser.close();
    server.kill("SIGTERM");
    if (server.exitCode === null) await once(server, "exit");
  }
}

function startWeb(bed: Bed, ctx: Ctx, port: number): ChildProcess {
  const keys = [...ctx.keyring.keys].map(([id, key]) => `${id}:${key.toString("base64")}`).join(",");
  return spawn(process.execPath, ["dist/web.mjs"], {
    cwd: projectRoot(),
    stdio: "ignore",
    env: {
      PATH: process.env["PATH"],
      NODE_ENV: "production",
      HOST: "127.0.0.1",
      PORT: String(port),
      DATABASE_URL: bed.url,
      BIFROST_URL: ctx.publicUrl,
      BIFROST_ENCRYPTION_KEYS: keys,
      AUTH_SECRET: "a secret of this one measurement",
    },
  });
}

async function untilReady(server: ChildProcess, port: number): Promise<void> {
  const until = Date.now() + 60_000;
  while (Date.now() < until) {
    if (server.exitCode !== null) throw new Error("The web process ended before it was ready.");
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error("The web process was not ready within a minute.");
}

async function signIn(page: Page, { db }: Bed, ctx: Ctx): Promise<void> {
  const { id: organizationId } = await seedProvider(db);
  await createUser(ctx, { email: EMAIL, role: "platform_admin", organizationId });
  await page.goto(await createSignInLink(ctx, { email: EMAIL }));
  await page.getByRole("heading", { level: 1, name: "Integrations" }).waitFor();
}

/** From the list to an integration, its mappings, their next page, and back: the time of each click, in milliseconds. */
async function walk(page: Page): Promise<number[]> {
  await page.goto(`${new URL(page.url()).origin}/settings/integrations?q=${INTEGRATION}`, {
    waitUntil: "networkidle",
  });
  const rows = page.getByRole("main").getByRole("rowgroup");
  const link = (name: string | RegExp) => page.getByRole("main").getByRole("link", { name });
  const heading = (name: string) => page.getByRole("heading", { level: 1, name, exact: true });
  const times: number[] = [];
  const click = async (act: () => Promise<void>, content: () => Promise<void>) => {
    const startedMs = performance.now();
    await act();
    await content();
    times.push(performance.now() - startedMs);
    await page.waitForLoadState("networkidle");
  };
  await click(
    () => link(new RegExp(`^${INTEGRATION}$`)).click(),
    () => heading(INTEGRATION).waitFor(),
  );
  await click(
    () => link(/^Mappings/).click(),
    () => rows.nth(1).waitFor(),
  );
  const first = await rows.nth(1).innerText();
  await click(
    () => page.getByRole("link", { name: "Next" }).click(),
    async () => {
      while ((await rows.nth(1).innerText()) === first) await sleep(5);
    },
  );
  await click(
    () => page.getByRole("navigation").getByRole("link", { name: "Integrations", exact: true }).click(),
    async () => {
      await heading("Integrations").waitFor();
      await rows.nth(1).waitFor();
    },
  );
  return times;
}

function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((left, right) => left - right);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}
