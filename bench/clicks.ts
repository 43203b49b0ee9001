import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium, type Locator, type Page } from "@playwright/test";
import type { Ctx } from "@/lib/auth/context";
import { createSignInLink } from "@/lib/users/create-sign-in-link";
import { createUser } from "@/lib/users/create-user";
import { findBrowser } from "@/scripts/start/browser.mjs";
import { projectRoot } from "@/server/project-root";
import { seedProvider, testContext } from "@/test/context";
import { type Measurement, median, type Pace } from "./measurement";
import type { Bed } from "./read-integration";

declare global {
  interface Window {
    benchClick?: Promise<number>;
  }
}

const LIMIT_MS = 200;
const QUIET_MS = 300;
const FORM = "main form";
const ROWS = "main tbody";
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
  await page.goto(`${new URL(page.url()).origin}/settings/integrations?q=${INTEGRATION}`);
  const main = page.getByRole("main");
  const times: number[] = [];
  const click = async (link: Locator, heading: string, content: string) => {
    await untilQuiet(page);
    await watch(page, heading, content);
    await link.click();
    times.push(await page.evaluate(() => window.benchClick ?? Number.NaN));
  };
  await click(main.getByRole("link", { name: new RegExp(`^${INTEGRATION}$`) }), INTEGRATION, FORM);
  await click(main.getByRole("link", { name: /^Mappings/ }), INTEGRATION, ROWS);
  await click(page.getByRole("link", { name: "Next" }), INTEGRATION, ROWS);
  const sidebar = page.getByRole("navigation", { name: "Main" });
  await click(sidebar.getByRole("link", { name: "Integrations", exact: true }), "Integrations", ROWS);
  return times;
}

/**
 * Measures the next click inside the browser: from the event to the frame that has the content, which is a heading and
 * something under it that is not what was there before. Looking from outside would add the pace of looking, half a second at
 * worst.
 */
async function watch(page: Page, heading: string, content: string): Promise<void> {
  await page.evaluate(
    (awaited) => {
      const before = document.querySelector(awaited.content)?.textContent;
      window.benchClick = new Promise((resolve) => {
        addEventListener(
          "click",
          ({ timeStamp }) => {
            new MutationObserver((_, observer) => {
              const now = document.querySelector(awaited.content)?.textContent;
              if (document.querySelector("main h1")?.textContent !== awaited.heading) return;
              if (now === undefined || now === before) return;
              observer.disconnect();
              requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - timeStamp)));
            }).observe(document, { subtree: true, childList: true, characterData: true });
          },
          { capture: true, once: true },
        );
      });
    },
    { heading, content },
  );
}

/** A person looks at a screen before the next click: until nothing has been asked for a while, what is prefetched included. */
async function untilQuiet(page: Page): Promise<void> {
  await page.waitForFunction(
    (quietMs) => {
      const ends = performance.getEntriesByType("resource").map((entry) => entry.startTime + entry.duration);
      return document.readyState === "complete" && performance.now() - Math.max(0, ...ends) > quietMs;
    },
    QUIET_MS,
    { polling: 50, timeout: 30_000 },
  );
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
