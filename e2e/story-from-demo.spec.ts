import type { BrowserContext } from "@playwright/test";
import { badge } from "./fixtures/integration-screen";
import { runInEmptyFolder } from "./fixtures/script-folder";
import { expect, test } from "./fixtures/test";
import { copyBlock } from "./fixtures/use-it-panel";

test.use({
  productOptions: { name: "story-from-demo", demo: true },
  permissions: ["clipboard-read", "clipboard-write"],
});

const MOST_CLICKS = 14;

test("the demo's printed link leads to the users in at most 14 clicks, with no field typed", async ({
  page,
  context,
  product,
}) => {
  const acts = await countActs(context);

  await page.goto(product.signInUrl ?? "");
  await page.getByRole("link", { name: "Microsoft_Graph" }).click();
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await page.getByRole("button", { name: "ada@contoso.example" }).click();
  await page.getByRole("button", { name: "Allow" }).click();
  await expect(badge(page)).toHaveText("Active");
  await expect(page.getByText("Connected as ada@contoso.example")).toBeVisible();

  await page.getByRole("button", { name: "Test connection" }).click();
  const answer = page.getByRole("region", { name: "start of the answer" });
  await expect(answer).toContainText("ada@contoso.example");
  await expect(answer).toContainText("grace@contoso.example");

  await page.getByRole("button", { name: "Create API key" }).click();
  await expect(page.getByRole("textbox", { name: "API key" })).not.toHaveValue("");
  const setup = await copyBlock(page, "TypeScript setup");
  const script = await copyBlock(page, "TypeScript script");
  const printed = JSON.parse(await runInEmptyFolder(setup, script)) as { value: { mail: string }[] };
  expect(printed.value.map(({ mail }) => mail)).toEqual(["ada@contoso.example", "grace@contoso.example"]);

  expect(acts.clicks).toBeLessThanOrEqual(MOST_CLICKS);
  expect(acts.clicks).toBeGreaterThan(5);
  expect(acts.keys).toBe(0);
});

test("what the demo prints says where to click", async ({ product }) => {
  const printed = product.printed();
  expect(printed).toContain(`Bifrost is ready: ${product.url}`);
  expect(printed).toContain("Settings → Integrations → Microsoft_Graph → Connect");
});

/** Counts what a person does on any page of this browser. */
async function countActs(context: BrowserContext): Promise<{ clicks: number; keys: number }> {
  const acts = { clicks: 0, keys: 0 };
  await context.exposeBinding("tellAct", (_source, kind: "clicks" | "keys") => void acts[kind]++);
  await context.addInitScript(() => {
    const tell = (kind: string) => (window as unknown as { tellAct: (kind: string) => void }).tellAct(kind);
    addEventListener("click", (event) => event.isTrusted && tell("clicks"), true);
    addEventListener("keydown", (event) => event.isTrusted && tell("keys"), true);
    addEventListener("input", (event) => event.isTrusted && tell("keys"), true);
  });
  return acts;
}
