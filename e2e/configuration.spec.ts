import { generateKeyPairSync, randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { setDefaults } from "@/lib/config/set-defaults";
import { updateConfigSchema } from "@/lib/config/update-config-schema";
import { upsertMapping } from "@/lib/mappings/upsert-mapping";
import { expectAccessible, expectNoSidewaysScroll } from "./fixtures/accessibility";
import { makeCustomer, makeHalo, makeKey, openTab } from "./fixtures/halo";
import { paste } from "./fixtures/paste";
import type { Product } from "./fixtures/product";
import { makeGraph } from "./fixtures/services";
import { expect, test } from "./fixtures/test";

const schema = (page: Page) => page.getByRole("form", { name: "Config Schema" });
const defaults = (page: Page) => page.getByRole("form", { name: "Defaults" });

async function addField(page: Page, place: number, field: { key: string; type: string; required?: boolean }) {
  await page.getByRole("button", { name: "Add field" }).click();
  const key = page.getByLabel(`Key of field ${place}`);
  await expect(key).toBeFocused();
  await key.fill(field.key);
  await page.getByLabel(`Type of ${field.key}`).selectOption(field.type);
  if (field.required) await page.getByLabel(`Required: ${field.key}`).check();
}

async function keysInOrder(page: Page): Promise<string[]> {
  return page
    .getByLabel(/^Key of field/)
    .evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value));
}

/** Where the focus is, both before the browser draws again. */
async function pressTwiceAtOnce(page: Page, key: string): Promise<void> {
  await page.evaluate((pressed) => {
    for (let times = 0; times < 2; times += 1) {
      const press = new KeyboardEvent("keydown", { key: pressed, bubbles: true, cancelable: true });
      document.activeElement?.dispatchEvent(press);
    }
  }, key);
}

async function setDefaultsOf({ operator }: Product, integrationId: string, values: Record<string, unknown>) {
  const { version } = await operator.db.prisma.integration.findUniqueOrThrow({
    where: { id: integrationId },
  });
  return setDefaults(operator, { integrationId, version, values });
}

test("a schema is typed, put in order by keyboard and by dragging, and saved", async ({
  page,
  product,
  service,
  admin: _admin,
}) => {
  const { id } = await makeGraph(product, service);
  await openTab(page, id, "configuration");
  await addField(page, 1, { key: "timeout", type: "int" });
  await addField(page, 2, { key: "base_url", type: "string", required: true });
  await addField(page, 3, { key: "api_key", type: "secret", required: true });
  await addField(page, 4, { key: "labels", type: "json" });

  const move = page.getByRole("button", { name: "Move timeout", exact: true });
  await move.focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("status").filter({ hasText: "timeout: place 2 of 4" })).toBeAttached();
  await expect(move).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(move).toBeFocused();
  expect(await keysInOrder(page)).toEqual(["base_url", "api_key", "timeout", "labels"]);

  await test.step("a key that is held loses no press, however late the next frame is", async () => {
    await pressTwiceAtOnce(page, "ArrowUp");
    await expect(move).toBeFocused();
    expect(await keysInOrder(page)).toEqual(["timeout", "base_url", "api_key", "labels"]);
    await pressTwiceAtOnce(page, "ArrowDown");
    expect(await keysInOrder(page)).toEqual(["base_url", "api_key", "timeout", "labels"]);
  });

  const handle = await page.getByRole("button", { name: "Move labels", exact: true }).boundingBox();
  const target = await page.getByRole("button", { name: "Move timeout", exact: true }).boundingBox();
  if (!handle || !target) throw new Error("The handles are not on the page.");
  await page.mouse.move(handle.x + 8, handle.y + 8);
  await page.mouse.down();
  await page.mouse.move(target.x + 8, target.y + 4, { steps: 6 });
  await page.mouse.up();
  expect(await keysInOrder(page)).toEqual(["base_url", "api_key", "labels", "timeout"]);

  await page.getByRole("button", { name: "Save schema" }).click();
  await expect(page.getByText("Config Schema saved")).toBeVisible();
  await page.reload();
  expect(await keysInOrder(page)).toEqual(["base_url", "api_key", "labels", "timeout"]);
  await expect(page.getByLabel("Required: base_url")).toBeChecked();
  await expectAccessible(page);
});

test("defaults have the control of their type; what cannot be one is said at its line, and nothing typed is lost", async ({
  page,
  product,
  service,
  admin,
}) => {
  const { id } = await makeGraph(product, service);
  await openTab(page, id, "configuration");
  await addField(page, 1, { key: "base_url", type: "string", required: true });
  await addField(page, 2, { key: "api_key", type: "secret", required: true });
  await addField(page, 3, { key: "timeout", type: "int" });
  await addField(page, 4, { key: "sync", type: "bool" });
  await addField(page, 5, { key: "labels", type: "json" });
  await page.getByRole("button", { name: "Save schema" }).click();
  const form = defaults(page);
  await expect(form.getByText("Missing", { exact: true })).toHaveCount(2);

  await form.getByLabel("base_url", { exact: true }).fill("https://halo.example.com/api");
  await form.getByLabel("api_key", { exact: true }).fill("canary-default-secret");
  await form.getByLabel("timeout", { exact: true }).fill("soon");
  await form.getByRole("group", { name: "sync" }).getByText("Off").click();
  await form.getByLabel("labels", { exact: true }).fill('{\n  "urgent": ["p1"],\n}');
  await page.getByRole("button", { name: "Save defaults" }).click();
  await expect(form.getByText("Enter a whole number, without a point or a unit.")).toBeVisible();
  await expect(form.getByText(/Line 3, column 1/)).toBeVisible();
  await expect(form.getByLabel("timeout", { exact: true })).toBeFocused();
  await expect(form.getByLabel("base_url", { exact: true })).toHaveValue("https://halo.example.com/api");
  await expect(form.getByLabel("api_key", { exact: true })).toHaveValue("canary-default-secret");

  await form.getByLabel("timeout", { exact: true }).fill("30");
  await form.getByLabel("labels", { exact: true }).fill('{\n  "urgent": ["p1"]\n}');
  await page.getByRole("button", { name: "Save defaults" }).click();
  await expect(page.getByText("Defaults saved")).toBeVisible();
  await expect(form.getByText("Missing", { exact: true })).toHaveCount(0);
  await expect(form.getByText(`by ${admin.email}`)).toBeVisible();
  await page.reload();
  await expect(form.getByLabel("timeout", { exact: true })).toHaveValue("30");
  await expect(form.getByRole("radio", { name: "Off" })).toBeChecked();
  expect(await page.content()).not.toContain("canary-default-secret");

  await form.getByRole("button", { name: "Clear api_key" }).click();
  await page.getByRole("button", { name: "Save defaults" }).click();
  await expect(form.getByText("Missing", { exact: true })).toHaveCount(1);
  await expectAccessible(page);
});

test("several lines that are pasted stay several: defaults, overrides, and values at creation", async ({
  page,
  product,
  service,
  admin: _admin,
}) => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const key = privateKey.export({ type: "pkcs8", format: "pem" });
  const certificate = publicKey.export({ type: "spki", format: "pem" });
  if (typeof key !== "string" || typeof certificate !== "string") throw new Error("A PEM is a text.");
  const { id, name } = await makeGraph(product, service);
  await updateConfigSchema(product.operator, {
    integrationId: id,
    version: 1,
    fields: [
      { key: "private_key", type: "secret" },
      { key: "certificate", type: "string" },
    ],
  });
  const customer = await makeCustomer(product, "Contoso");
  await upsertMapping(product.operator, { integrationId: id, organizationId: customer.id });
  const apiKey = await makeKey(product);
  const configOf = async (integration: string, scope: string) => {
    const response = await fetch(`${product.url}/api/v1/integrations/${integration}?scope=${scope}`, {
      headers: { authorization: `Bearer ${apiKey}` },
    });
    return ((await response.json()) as { config: Record<string, unknown> }).config;
  };

  await test.step("defaults", async () => {
    await openTab(page, id, "configuration");
    const form = defaults(page);
    const secret = form.getByLabel("private_key", { exact: true });
    await paste(secret, key.replaceAll("\n", "\r\n"));
    await expect(secret).toHaveValue(key);
    await expect(secret).toBeFocused();
    await expect(form.getByRole("button", { name: "Show what is typed" })).toBeVisible();
    await expect(secret).toHaveCSS("-webkit-text-security", "disc");
    await paste(form.getByLabel("certificate", { exact: true }), certificate);
    await expect(form.getByLabel("certificate", { exact: true })).toBeFocused();
    await expectAccessible(page);
    await page.getByRole("button", { name: "Save defaults" }).click();
    await expect(page.getByText("Defaults saved")).toBeVisible();
    expect(await configOf(name, "global")).toEqual({ private_key: key, certificate: certificate.trim() });
  });

  await test.step("overrides", async () => {
    await page.goto(`/settings/integrations/${id}/mappings/${customer.id}`);
    await paste(page.getByLabel("private_key", { exact: true }), `${key}second`);
    await paste(page.getByLabel("certificate", { exact: true }), `${certificate}second`);
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByText(`Mapping of ${customer.name} saved`)).toBeVisible();
    expect(await configOf(name, customer.id)).toEqual({
      private_key: `${key}second`,
      certificate: `${certificate}second`,
    });
  });

  await test.step("values at creation", async () => {
    const created = `Autotask_${randomUUID().slice(0, 8)}`;
    await page.goto("/settings/integrations/new");
    await page.getByRole("button", { name: "Autotask PSA", exact: true }).click();
    await page.getByLabel("Name", { exact: true }).fill(created);
    await page.getByLabel("Base URL", { exact: true }).fill("https://api.example.com");
    await paste(page.getByLabel("User name", { exact: true }), certificate);
    await paste(page.getByLabel("Secret", { exact: true }), key);
    await page.getByLabel("Integration code", { exact: true }).fill("one line");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: created })).toBeVisible();
    expect(await configOf(created, "global")).toMatchObject({
      username: certificate.trim(),
      secret: key,
      integration_code: "one line",
    });
  });
});

test("JSON that is null is refused, for to save it would be to clear what is stored", async ({
  page,
  product,
  service,
  admin: _admin,
}) => {
  const { id } = await makeGraph(product, service);
  await updateConfigSchema(product.operator, {
    integrationId: id,
    version: 1,
    fields: [{ key: "labels", type: "json" }],
  });
  await setDefaultsOf(product, id, { labels: ["kept"] });
  await openTab(page, id, "configuration");
  const labels = defaults(page).getByLabel("labels", { exact: true });
  await labels.fill("null");
  await labels.press("Control+Enter");
  await expect(defaults(page).getByText("Not saved: look at the fields marked")).toBeVisible();
  await expect(labels).toHaveAccessibleDescription(/null means not set/);
  await page.reload();
  await expect(labels).toHaveValue(/kept/);
});

test("the focus stays in the schema when its only field is removed", async ({
  page,
  product,
  service,
  admin: _admin,
}) => {
  const { id } = await makeGraph(product, service);
  await openTab(page, id, "configuration");
  await addField(page, 1, { key: "timeout", type: "int" });
  await page.getByRole("button", { name: "Remove timeout" }).click();
  await expect(page.getByRole("button", { name: "Add field" })).toBeFocused();
});

test("what an edit of the schema does to stored values is said with counts, and a loss must be accepted", async ({
  page,
  product,
  service,
  admin: _admin,
}) => {
  const { id } = await makeHalo(product, service);
  const customer = await makeCustomer(product, "Contoso");
  await setDefaultsOf(product, id, {
    base_url: "https://halo.example.com",
    api_key: "canary-a",
    timeout: 30,
  });
  await upsertMapping(product.operator, {
    integrationId: id,
    organizationId: customer.id,
    entityId: "contoso.example",
    config: { timeout: 60, api_key: "canary-b" },
  });
  await openTab(page, id, "configuration");
  await page.getByLabel("Key of field 3").fill("timeout_seconds");
  await page.getByLabel("Type of api_key").selectOption("string");
  await page.getByRole("button", { name: "Save schema" }).click();

  const dialog = page.getByRole("dialog", { name: "What saving does to stored values" });
  await expect(dialog).toContainText("Renamed to timeout_seconds: 2 values go with it.");
  await expect(dialog).toContainText("2 values (the default and in 1 organization) are dropped");
  await expect(dialog.getByRole("button", { name: "Save and drop" })).toBeDisabled();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Keep editing" }).click();
  await expect(page.getByLabel("Key of field 3")).toHaveValue("timeout_seconds");

  await page.getByRole("button", { name: "Save schema" }).click();
  await dialog.getByLabel("Drop 2 values").check();
  await dialog.getByRole("button", { name: "Save and drop" }).click();
  await expect(page.getByText("Config Schema saved")).toBeVisible();
  await expect(defaults(page).getByLabel("timeout_seconds", { exact: true })).toHaveValue("30");
  await expect(defaults(page).getByLabel("api_key", { exact: true })).toHaveValue("");
});

test("a key that cannot be one, or is there twice, is said beside its field", async ({
  page,
  product,
  service,
  admin: _admin,
}) => {
  const { id } = await makeHalo(product, service);
  await openTab(page, id, "configuration");
  await page.getByLabel("Key of field 1").fill("Base URL");
  await page.getByRole("button", { name: "Save schema" }).click();
  await expect(schema(page).getByText(/Start with a small letter/)).toBeVisible();
  await expect(page.getByLabel("Key of field 1")).toHaveValue("Base URL");
  await page.getByLabel("Key of field 1").fill("timeout");
  await page.getByRole("button", { name: "Save schema" }).click();
  await expect(schema(page).getByText("There is another field called timeout.")).toBeVisible();
});

test("of two admins who save at once the second is told, and loses nothing typed", async ({
  page,
  product,
  service,
  admin: _admin,
}) => {
  const { id } = await makeHalo(product, service);
  await openTab(page, id, "configuration");
  const form = defaults(page);
  await form.getByLabel("timeout", { exact: true }).fill("45");
  await setDefaultsOf(product, id, { timeout: 10, base_url: "https://theirs.example.com" });
  await page.getByRole("button", { name: "Save defaults" }).click();
  await expect(form.getByText("Somebody else saved this integration meanwhile")).toBeVisible();
  await expect(form.getByText("they have 10, you typed 45")).toBeVisible();
  await expect(form.getByLabel("timeout", { exact: true })).toHaveValue("45");
  await form.getByRole("button", { name: "Save anyway" }).click();
  await expect(page.getByText("Defaults saved")).toBeVisible();
  await expect(form.getByLabel("timeout", { exact: true })).toHaveValue("45");
  await expect(form.getByLabel("base_url", { exact: true })).toHaveValue("https://theirs.example.com");
});

test("at 360 px nothing sticks out, and who may not edit sees the values", async ({
  page,
  product,
  service,
  otherBrowser,
  admin: _admin,
}) => {
  const { id } = await makeHalo(product, service);
  await page.setViewportSize({ width: 360, height: 780 });
  await openTab(page, id, "configuration");
  await expect(page.getByLabel("Key of field 1")).toBeVisible();
  await expectNoSidewaysScroll(page);
  await expectAccessible(page);
  const { page: looking } = await otherBrowser("technician");
  await openTab(looking, id, "configuration");
  await expect(looking.getByText("A platform admin can change them.")).toBeVisible();
  await expect(looking.getByRole("button", { name: "Save schema" })).toHaveCount(0);
  await expectAccessible(looking);
});
