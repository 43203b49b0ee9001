import type { Page } from "@playwright/test";
import { upsertMapping } from "@/lib/mappings/upsert-mapping";
import { makeCustomer, makeHalo } from "./fixtures/halo";
import { connectOrganization } from "./fixtures/integration-screen";
import { makePerson, setPassword } from "./fixtures/people";
import { makeGraph } from "./fixtures/services";
import { expect, test } from "./fixtures/test";

/** What people read, press and type into. */
const PARTS = "main :is(h1, h2, h3, button, input, textarea, select, table, dl)";

test("a click on a button whose code is not there yet is not lost", async ({
  page,
  product,
  service,
  admin: _,
}) => {
  const { id, name } = await makeGraph(product, service);
  const release = await holdScripts(page);
  await page.goto(`/settings/integrations/${id}`, { waitUntil: "commit" });
  await page.getByRole("button", { name: `More actions for ${name}` }).click();
  const deletion = page.getByRole("menuitem", { name: "Delete integration" });
  await expect(deletion).toBeHidden();
  release();
  await expect(deletion).toBeVisible();

  await test.step("and one that was answered is not given twice", async () => {
    await page.keyboard.press("Escape");
    await expect(deletion).toBeHidden();
    await page.getByRole("button", { name: "Collapse sidebar" }).click();
    await expect(page.getByRole("button", { name: "Expand sidebar" })).toBeVisible();
  });
});

test("what is typed and chosen in a list before its code is there filters it", async ({ page, admin: _ }) => {
  const release = await holdScripts(page);
  await page.goto("/settings/integrations", { waitUntil: "commit" });
  const search = page.getByRole("searchbox", { name: "Search integrations" });
  await search.fill("nothing like this");
  await page.getByLabel("Status").selectOption("Active");
  release();
  await expect(page).toHaveURL(/[?&]q=nothing\+like\+this/);
  await expect(page).toHaveURL(/[?&]status=active/);
  await expect(search).toHaveValue("nothing like this");

  const releaseNext = await holdScripts(page);
  await page.goto("/settings/audit", { waitUntil: "commit" });
  await page.getByLabel("From (UTC day)").fill("2026-11-20");
  await page.getByLabel("To (UTC day)").fill("2026-11-21");
  await page.getByRole("heading", { level: 1 }).click();
  releaseNext();
  await expect(page).toHaveURL(/[?&]from=2026-11-20/);
  await expect(page).toHaveURL(/[?&]to=2026-11-21/);
});

test("a form whose choices need code waits for it", async ({ page, admin: _ }) => {
  for (const [path, verb] of [
    ["/settings/users/new", "Create user"],
    ["/settings/api-keys/new", "Create API key"],
    ["/settings/webhooks/new", "Create webhook"],
  ] as const) {
    const release = await holdScripts(page);
    await page.goto(path, { waitUntil: "commit" });
    const submit = page.getByRole("button", { name: verb });
    await expect(submit).toBeDisabled();
    release();
    await expect(submit).toBeEnabled();
  }

  await test.step("and where the focus starts, it stays", async () => {
    await page.goto("/settings/users/new");
    await expect(page.getByRole("button", { name: "Create user" })).toBeEnabled();
    await expect(page.getByLabel("Email")).toBeFocused();
  });
});

test("a password typed after a refusal stays while the page's code arrives", async ({ page, product }) => {
  const person = await makePerson(product);
  const password = "correct horse battery staple";
  await setPassword(product, person, password);
  const release = await holdScripts(page);
  await page.goto("/sign-in", { waitUntil: "commit" });
  await page.getByLabel("Email", { exact: true }).fill(person.email);
  const field = page.getByLabel("Password", { exact: true });
  await field.fill("not the password");
  await page.getByRole("button", { name: "Sign in", exact: true }).click({ noWaitAfter: true });
  await expect(page.getByText("The email address or the password is wrong.")).toBeVisible();
  await field.fill(password);
  release();
  await page.waitForFunction(() =>
    Object.keys(document.querySelector("form") ?? {}).some((key) => key.startsWith("__reactFiber$")),
  );
  // What the code does first it has done when a frame is drawn.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn))));
  await expect(field).toHaveValue(password);
  await expect(field).toBeFocused();
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
});

test("what the server has drawn stays while the code of its parts is late", async ({
  page,
  product,
  service,
  admin: _,
}) => {
  const { id } = await makeHalo(product, service);
  const customer = await makeCustomer(product, "Contoso");
  await upsertMapping(product.operator, {
    integrationId: id,
    organizationId: customer.id,
    entityId: "common",
  });
  const integration = `/settings/integrations/${id}`;
  await page.goto(`${integration}/mappings/${customer.id}`);
  await connectOrganization(page, customer.name, "ada@contoso.example");
  await expect(page.getByText("This consent is for another tenant")).toBeVisible();

  await delayLatePartsOf(page);
  for (const path of [
    "/settings/integrations",
    "/settings/integrations/new",
    integration,
    `${integration}/configuration`,
    `${integration}/mappings`,
    `${integration}/mappings/${customer.id}`,
    `${integration}/activity`,
    "/settings/organizations",
    "/settings/users",
    "/settings/api-keys",
    "/settings/webhooks",
    "/settings/audit",
    "/health",
  ]) {
    await page.goto(path);
    expect.soft(await drawnAnew(page), path).toEqual([]);
  }
});

/** The pages' scripts do not come before what this gives is called. */
async function holdScripts(page: Page): Promise<() => void> {
  const { promise: released, resolve } = Promise.withResolvers<undefined>();
  await page.route("**/_next/static/**/*.js", async (route) => {
    await released;
    await route.continue();
  });
  return () => resolve(undefined);
}

/** Scripts that the page itself does not name come half a second later than the others. */
async function delayLatePartsOf(page: Page): Promise<void> {
  let named = "";
  await page.route("**/*", async (route) => {
    const request = route.request();
    if (request.resourceType() === "document") {
      const response = await route.fetch();
      named = await response.text();
      await route.fulfill({ response, body: named });
      return;
    }
    const isLate = request.resourceType() === "script" && !named.includes(new URL(request.url()).pathname);
    if (isLate) await new Promise((resolve) => setTimeout(resolve, 500));
    await route.continue();
  });
}

/** The parts of the page that React replaced by new ones instead of taking them over, once all are settled. */
async function drawnAnew(page: Page): Promise<string[]> {
  // React leaves a template wherever the answer still streams behind the shape of what comes.
  await expect(page.locator('template[id^="B:"]')).toHaveCount(0);
  const parts = await page.evaluateHandle((selector) => [...document.querySelectorAll(selector)], PARTS);
  const isSettled = (all: Element[]) =>
    all.every(
      (part) => !part.isConnected || Object.keys(part).some((key) => key.startsWith("__reactFiber$")),
    );
  await expect.poll(() => parts.evaluate(isSettled)).toBe(true);
  return parts.evaluate((all) => {
    if (all.length === 0) throw new Error("The page has no parts.");
    return all.filter((part) => !part.isConnected).map((part) => part.outerHTML.slice(0, 200));
  });
}
