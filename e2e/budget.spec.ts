import { globSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { APIRequestContext } from "@playwright/test";
import { createOrganization } from "@/lib/organizations/create-organization";
import { createWebhook } from "@/lib/webhooks/create-webhook";
import { makePerson } from "./fixtures/people";
import { projectRoot } from "./fixtures/project-root";
import { makeGraph } from "./fixtures/services";
import { expect, test } from "./fixtures/test";

/** First-load JavaScript of any screen, gzip. */
const BUDGET_BYTES = 180_000;

/** Every page there is, as the folders of app/ have it: a new one is weighed without being named here. */
const pages = globSync("**/page.tsx", { cwd: `${projectRoot}/app` }).toSorted();

test("no screen sends more than 180 kB of JavaScript before it works", async ({
  page,
  product,
  service,
  otherBrowser,
  admin: _,
}) => {
  const stranger = await otherBrowser();
  const { id } = await makeGraph(product, service);
  const organization = await createOrganization(product.operator, { name: `Weighed ${id}` });
  const webhook = await createWebhook(product.operator, {
    name: `Weighed ${id}`,
    format: "slack",
    url: "https://hooks.example.com/weighed",
    events: ["connection.recovered"],
  });
  const invited = await makePerson(product, "viewer");
  const parameters: Record<string, string> = {
    "[id]": id,
    "[organizationId]": organization.id,
    "[webhookId]": webhook.id,
    "[token]": new URL(invited.setupUrl).pathname.split("/").at(-1) ?? "",
  };
  const sizes = new Map<string, number>();
  const weighed = new Map<string, Promise<number>>();
  for (const file of pages) {
    const route = `/${file}`.replace(/\/\([^/]+\)/g, "").replace(/\/page\.tsx$/, "") || "/";
    const path = route.replace(/\[\w+\]/g, (name) => parameters[name] ?? name);
    // Who is signed in is sent on from the screens of those who are not.
    const visitor = file.startsWith("(auth)") ? stranger.page : page;
    const answer = await visitor.request.get(path);
    expect(answer.ok(), path).toBe(true);
    const scripts = scriptsOf(await answer.text());
    for (const script of scripts) weighed.set(script, weighed.get(script) ?? weigh(page.request, script));
    const parts = await Promise.all(scripts.map((script) => weighed.get(script)));
    const size = parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
    sizes.set(route, size);
  }
  const report = [...sizes].map(([route, size]) => `${(size / 1000).toFixed(1).padStart(6)} kB  ${route}`);
  console.log(report.join("\n"));
  test.info().annotations.push(...report.map((description) => ({ type: "first load", description })));
  expect(sizes.size).toBeGreaterThan(10);
  expect([...sizes].filter(([, size]) => size === 0 || size > BUDGET_BYTES)).toEqual([]);
});

/** What the page names to be loaded with it, save what only browsers without modules load. */
function scriptsOf(html: string): string[] {
  const tags = html.match(/<(?:script|link)\b[^>]*>/g) ?? [];
  const named = tags.flatMap((tag) => {
    const isScript = tag.startsWith("<script") ? !/\bnomodule\b/i.test(tag) : /\bas="script"/.test(tag);
    const address = /\b(?:src|href)="([^"]+)"/.exec(tag)?.[1];
    return isScript && address ? [address.replaceAll("&amp;", "&")] : [];
  });
  return [...new Set(named)];
}

/** Smaller answers are sent as they are. */
const COMPRESSED_FROM_BYTES = 1_024;

async function weigh(request: APIRequestContext, script: string): Promise<number> {
  const answer = await request.get(script);
  expect(answer.ok(), script).toBe(true);
  const body = await answer.body();
  if (body.byteLength < COMPRESSED_FROM_BYTES) return body.byteLength;
  expect(answer.headers()["content-encoding"], `${script} is sent compressed`).toBe("gzip");
  return gzipSync(body).byteLength;
}
