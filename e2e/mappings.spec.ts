import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { upsertMapping } from "@/lib/mappings/upsert-mapping";
import { createOrganization } from "@/lib/organizations/create-organization";
import { seedConnection } from "@/test/integrations";
import { expectAccessible, expectNoSidewaysScroll } from "./fixtures/accessibility";
import { makeCustomer, makeHalo, makeKey, openTab } from "./fixtures/halo";
import { badge, connect, connectOrganization, pickAccount } from "./fixtures/integration-screen";
import { makePerson } from "./fixtures/people";
import { runInEmptyFolder } from "./fixtures/script-folder";
import { makeGraph } from "./fixtures/services";
import { expect, test } from "./fixtures/test";

interface Answer {
  entity_id: string | null;
  entity_name: string | null;
  config: Record<string, unknown>;
  config_sources: Record<string, string>;
  oauth: { access_token: string | null; source: string | null; entity_id: string | null; account: unknown };
  code?: string;
}

async function addMapping(page: Page, organization: string, entityId: string, entityName: string) {
  await page.getByRole("button", { name: "Add Mapping" }).click();
  const dialog = page.getByRole("dialog", { name: "Add Mapping" });
  await dialog.getByRole("combobox", { name: "Organization" }).fill(organization);
  await dialog.getByRole("option", { name: organization }).click();
  await dialog.getByLabel("Entity ID", { exact: true }).fill(entityId);
  await dialog.getByLabel("Entity name", { exact: true }).fill(entityName);
  await dialog.getByRole("button", { name: "Add Mapping" }).click();
  await expect(page.getByRole("heading", { level: 2, name: organization })).toBeVisible();
}

test("one integration serves two organizations with values and connections of their own, on screen and by API", async ({
  page,
  product,
  service,
  admin: _admin,
}) => {
  const name = `HaloPSA_${randomUUID().slice(0, 8)}`;
  const { id } = await makeGraph(product, service, { name });
  const contoso = await makeCustomer(product, "Contoso");
  const fabrikam = await makeCustomer(product, "Fabrikam");

  await test.step("the seeds' schema and its defaults", async () => {
    await openTab(page, id, "configuration");
    for (const [at, field] of [
      { key: "base_url", type: "string", required: true },
      { key: "api_key", type: "secret", required: true },
      { key: "timeout", type: "int", required: false },
    ].entries()) {
      await page.getByRole("button", { name: "Add field" }).click();
      await page.getByLabel(`Key of field ${at + 1}`).fill(field.key);
      await page.getByLabel(`Type of ${field.key}`).selectOption(field.type);
      if (field.required) await page.getByLabel(`Required: ${field.key}`).check();
    }
    await page.getByRole("button", { name: "Save schema" }).click();
    const form = page.getByRole("form", { name: "Defaults" });
    await form.getByLabel("base_url", { exact: true }).fill("https://halo.example.com/api");
    await form.getByLabel("api_key", { exact: true }).fill("canary-default-key");
    await form.getByLabel("timeout", { exact: true }).fill("30");
    await page.getByRole("button", { name: "Save defaults" }).click();
    await expect(page.getByText("Defaults saved")).toBeVisible();
  });

  await test.step("Contoso: entity, overrides beside their defaults, its own connection", async () => {
    await page
      .getByRole("navigation", { name: `Parts of ${name}` })
      .getByRole("link", { name: /Mappings/ })
      .click();
    await addMapping(page, contoso.name, "contoso.example", "Contoso Ltd");
    await page.getByLabel("timeout", { exact: true }).fill("60");
    await page.getByLabel("api_key", { exact: true }).fill("canary-contoso-key");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByText(`Mapping of ${contoso.name} saved`)).toBeVisible();
    await connectOrganization(page, contoso.name, "ada@contoso.example");
    await expect(page.getByText("Connected as ada@contoso.example")).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: `Test connection of ${contoso.name}` }).click();
    await expect(page.getByRole("region", { name: "start of the answer" })).toContainText(
      "grace@contoso.example",
    );
  });

  await test.step("Fabrikam: other overrides, another tenant's consent", async () => {
    await openTab(page, id, "mappings");
    await addMapping(page, fabrikam.name, "fabrikam.example", "Fabrikam Inc");
    await page.getByLabel("base_url", { exact: true }).fill("https://fabrikam.example.com/api");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect(page.getByText(`Mapping of ${fabrikam.name} saved`)).toBeVisible();
    await connectOrganization(page, fabrikam.name, "alan@fabrikam.example");
    await expect(page.getByText("Connected as alan@fabrikam.example")).toBeVisible();
  });

  await test.step("both rows say whose connection is used", async () => {
    await openTab(page, id, "mappings");
    const row = page.getByRole("row", { name: new RegExp(contoso.name) });
    await expect(row).toContainText("Own");
    await expect(row.locator('[data-status="active"]')).toBeVisible();
    await expect(row).toContainText("ada@contoso.example");
    await expectAccessible(page);
  });

  async function get(key: string, scope?: string) {
    const query = scope === undefined ? "" : `?scope=${scope}`;
    const response = await fetch(`${product.url}/api/v1/integrations/${name}${query}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    return { status: response.status, body: (await response.json()) as Answer };
  }

  async function tenantsUsers(token: string | null): Promise<string[]> {
    const answer = await fetch(`${service.usersApi.origin}/v1.0/users`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { value } = (await answer.json()) as { value: { mail: string }[] };
    return value.map(({ mail }) => mail);
  }

  await test.step("the provider's key gets each organization's result, and the defaults", async () => {
    const key = await makeKey(product);
    const { body: ofContoso } = await get(key, contoso.id);
    expect(ofContoso).toMatchObject({
      entity_id: "contoso.example",
      entity_name: "Contoso Ltd",
      config: { base_url: "https://halo.example.com/api", api_key: "canary-contoso-key", timeout: 60 },
      config_sources: { base_url: "default", api_key: "organization", timeout: "organization" },
      oauth: { source: "organization", entity_id: "contoso.example" },
    });
    const { body: ofFabrikam } = await get(key, fabrikam.id);
    expect(ofFabrikam).toMatchObject({
      entity_id: "fabrikam.example",
      config: { base_url: "https://fabrikam.example.com/api", api_key: "canary-default-key", timeout: 30 },
      oauth: { source: "organization", entity_id: "fabrikam.example" },
    });
    expect(await tenantsUsers(ofContoso.oauth.access_token)).toContain("ada@contoso.example");
    expect(await tenantsUsers(ofFabrikam.oauth.access_token)).toContain("alan@fabrikam.example");
    const { body: defaults } = await get(key, "global");
    expect(defaults).toMatchObject({
      entity_id: "common",
      config: { timeout: 30 },
      oauth: { access_token: null },
    });
  });

  await test.step("an organization's key gets its own alone, and 403 for another and for global", async () => {
    for (const [own, other, timeout] of [
      [contoso, fabrikam, 60],
      [fabrikam, contoso, 30],
    ] as const) {
      const key = await makeKey(product, own.id);
      for (const scope of [undefined, own.id]) {
        const { status, body } = await get(key, scope);
        expect(status).toBe(200);
        expect(body.config["timeout"]).toBe(timeout);
        expect(body.oauth.access_token).not.toBeNull();
      }
      for (const scope of [other.id, "global", "0198f000-0000-7000-8000-000000000000"]) {
        const { status, body } = await get(key, scope);
        expect([status, body.code]).toEqual([403, "scope_forbidden"]);
      }
    }
  });

  await test.step("the SDK answers the same to the provider's key and to each organization's", async () => {
    const keys = [
      await makeKey(product),
      await makeKey(product, contoso.id),
      await makeKey(product, fabrikam.id),
    ];
    const setup = `export BIFROST_URL=${product.url}\nnpm install $BIFROST_URL/sdk/bifrost.tgz`;
    const script = `import { createClient } from "bifrost";
async function ask(apiKey, scope) {
  try {
    const { entityId, config, oauth } = await createClient({ apiKey }).integrations.require("${name}", { scope });
    const headers = { authorization: "Bearer " + oauth.accessToken };
    const users = await (await fetch("${service.usersApi.origin}/v1.0/users", { headers })).json();
    return { entityId, config, source: oauth.source, users: users.value.map(({ mail }) => mail) };
  } catch (error) {
    return error.name + " " + error.status + " " + error.code;
  }
}
const scopes = [undefined, "${contoso.id}", "${fabrikam.id}", "global"];
const keys = ${JSON.stringify(keys)};
const answers = await Promise.all(keys.map((key) => Promise.all(scopes.map((scope) => ask(key, scope)))));
console.log(JSON.stringify(answers));`;
    const ofContoso = {
      entityId: "contoso.example",
      config: { base_url: "https://halo.example.com/api", api_key: "canary-contoso-key", timeout: 60 },
      source: "organization",
      users: expect.arrayContaining(["ada@contoso.example"]) as unknown,
    };
    const ofFabrikam = {
      entityId: "fabrikam.example",
      config: { base_url: "https://fabrikam.example.com/api", api_key: "canary-default-key", timeout: 30 },
      source: "organization",
      users: expect.arrayContaining(["alan@fabrikam.example"]) as unknown,
    };
    const unconnected = "BifrostError 409 not_connected";
    const forbidden = "BifrostError 403 scope_forbidden";
    expect(JSON.parse(await runInEmptyFolder(setup, script))).toEqual([
      [unconnected, ofContoso, ofFabrikam, unconnected],
      [ofContoso, ofContoso, forbidden, forbidden],
      [ofFabrikam, forbidden, ofFabrikam, forbidden],
    ]);
  });
});

test("ten pages of organizations are searched, filtered and paged by the server", async ({
  page,
  product,
  service,
  admin: _admin,
}) => {
  const { id } = await makeHalo(product, service);
  const { operator } = product;
  for (let at = 1; at <= 55; at += 1) {
    const { id: organizationId } = await createOrganization(operator, {
      name: `Paged ${String(at).padStart(3, "0")}`,
    });
    if (at <= 3) {
      const entityId = at === 3 ? "shared-2" : `shared-${at}`;
      const config = at === 1 ? {} : { base_url: "https://x.example.com", api_key: "k" };
      await upsertMapping(operator, { integrationId: id, organizationId, entityId, config });
    }
  }
  await openTab(page, id, "mappings");
  await page.getByRole("searchbox").fill("Paged");
  await expect(page.getByText("55 organizations", { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Next" }).click();
  await expect(page).toHaveURL(/page=2/);
  await expect(page.getByRole("link", { name: "Paged 055" })).toBeVisible();

  await page.getByLabel("Mapping", { exact: true }).selectOption("Mapped");
  await expect(page.getByText("3 organizations", { exact: true })).toBeVisible();
  await expect(page.getByText("The same entity ID as Paged 003.")).toBeVisible();
  await page.getByLabel("Mapping", { exact: true }).selectOption("Missing values");
  await expect(page.getByText("Required and not set: base_url, api_key.").first()).toBeVisible();
  await page.getByRole("searchbox").fill("shared-2");
  await page.getByLabel("Mapping", { exact: true }).selectOption("");
  await expect(page.getByText("2 organizations", { exact: true })).toBeVisible();
  await page.getByRole("searchbox").fill("nobody is called this");
  await expect(page.getByText("Nothing matches")).toBeVisible();
  await expectAccessible(page);

  await page.setViewportSize({ width: 360, height: 780 });
  await openTab(page, id, "mappings");
  await expect(page.getByRole("button", { name: "Add Mapping" })).toBeVisible();
  await expectNoSidewaysScroll(page);
  await page.goto("/settings/integrations");
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("the policy decides who gets the default's token, and another entity's token is marked", async ({
  page,
  product,
  service,
  admin: _admin,
}) => {
  const { id, name } = await makeHalo(product, service);
  const customer = await makeCustomer(product, "Fabrikam");
  await upsertMapping(product.operator, {
    integrationId: id,
    organizationId: customer.id,
    entityId: "fabrikam.example",
  });
  await page.goto(`/settings/integrations/${id}`);
  await connect(page, "ada@contoso.example");
  await expect(badge(page)).toHaveText("Active");

  await openTab(page, id, "mappings");
  const row = page.getByRole("row", { name: new RegExp(customer.name) });
  await expect(row).toContainText("Default");
  await expect(row).toContainText(/belongs to entity (common|contoso\.example), not to fabrikam\.example/);

  await page.getByRole("button", { name: "Change policy" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Get no token").check();
  await dialog.getByLabel("API keys of managed organizations may use the default connection").check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Policy saved")).toBeVisible();
  await page.reload();
  await expect(row).toContainText("None");
  const stored = await product.operator.db.prisma.integration.findUniqueOrThrow({ where: { id } });
  expect(stored).toMatchObject({ name, organizationPolicy: "none", lendsDefaultToKeys: true });
});

test("closing Add Mapping asks where something was typed, and only there", async ({
  page,
  product,
  service,
  admin: _admin,
}) => {
  const { id } = await makeHalo(product, service);
  const customer = await makeCustomer(product, "Contoso");
  await openTab(page, id, "mappings");
  const dialog = page.getByRole("dialog", { name: "Add Mapping" });
  const question = page.getByRole("alertdialog", { name: "Leave without saving?" });
  const open = () => page.getByRole("button", { name: "Add Mapping" }).click();
  await open();
  await dialog.getByLabel("Entity ID", { exact: true }).press("Escape");
  await expect(dialog).toBeHidden();

  await open();
  await dialog.getByLabel("Entity ID", { exact: true }).fill("contoso.example");
  await dialog.getByLabel("Entity ID", { exact: true }).press("Escape");
  await expect(question).toBeVisible();
  await expectAccessible(page);
  await question.getByRole("button", { name: "Stay" }).click();
  await expect(dialog.getByLabel("Entity ID", { exact: true })).toHaveValue("contoso.example");
  await page.mouse.click(5, 5);
  await question.getByRole("button", { name: "Leave" }).click();
  await expect(dialog).toBeHidden();

  await open();
  await dialog.getByRole("combobox", { name: "Organization" }).fill(customer.name);
  await dialog.getByRole("option", { name: customer.name }).click();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await question.getByRole("button", { name: "Leave" }).click();
  await expect(dialog).toBeHidden();
});

test("a consent of another tenant is held; Disconnect says what follows; removing asks for the name", async ({
  page,
  product,
  service,
  admin: _admin,
}) => {
  const { id } = await makeHalo(product, service);
  const customer = await makeCustomer(product, "Contoso");
  await openTab(page, id, "mappings");
  await addMapping(page, customer.name, "common", "Contoso Ltd");
  await connectOrganization(page, customer.name, "ada@contoso.example");
  const held = page.getByText("This consent is for another tenant");
  await expect(held).toBeVisible();
  await expect(page.getByText("nothing yet", { exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Keep the previous" })).toBeHidden();
  await page.getByRole("button", { name: "Discard it" }).click();
  await expect(held).toBeHidden();

  await connectOrganization(page, customer.name, "ada@contoso.example");
  await page.getByRole("button", { name: "Use this account" }).click();
  await expect(page.getByText("Connected as ada@contoso.example")).toBeVisible();
  await expect(page.getByText("Another entity's token")).toBeVisible();

  await page.getByRole("button", { name: `Disconnect ${customer.name}` }).click();
  const question = page.getByRole("alertdialog");
  await expect(question).toContainText(
    "uses the default connection, which is not connected: it gets no token",
  );
  await question.getByRole("button", { name: "Disconnect" }).click();
  await expect(page.getByText(`${customer.name} is disconnected`)).toBeVisible();

  await page.getByRole("button", { name: "Remove mapping" }).click();
  const dialog = page.getByRole("dialog", { name: `Remove mapping ${customer.name}` });
  await dialog.getByRole("textbox").fill(customer.name);
  await dialog.getByRole("button", { name: "Remove mapping" }).click();
  await page.waitForURL("**/mappings");
  await expect(page.getByRole("button", { name: `Map ${customer.name}` })).toBeVisible();
});

test("the badge moves by itself while a consent is given in another window", async ({
  page,
  context,
  product,
  service,
  admin: _admin,
}) => {
  const { id } = await makeHalo(product, service);
  const customer = await makeCustomer(product, "Contoso");
  await upsertMapping(product.operator, {
    integrationId: id,
    organizationId: customer.id,
    entityId: "contoso.example",
  });
  await page.goto(`/settings/integrations/${id}/mappings/${customer.id}`);
  const heading = page.getByRole("heading", { level: 2, name: customer.name }).locator("..");
  await expect(heading.locator('[data-status="not_connected"]')).toBeVisible();

  const other = await context.newPage();
  await other.goto(`/settings/integrations/${id}/mappings/${customer.id}`);
  await other.getByRole("button", { name: `Connect ${customer.name}` }).click();
  await expect(heading.getByText("Waiting for consent")).toBeVisible({ timeout: 30_000 });
  await pickAccount(other, "ada@contoso.example");
  await other.getByRole("button", { name: "Allow" }).click();
  await expect(heading.getByText("Active")).toBeVisible();
  await expect(page.getByText("Connected as ada@contoso.example")).toBeVisible();
});

test("an organization's admin sees its own row, and may not change what steers tokens", async ({
  product,
  service,
  otherBrowser,
}) => {
  const { id } = await makeHalo(product, service);
  const own = await makeCustomer(product, "Contoso");
  const other = await makeCustomer(product, "Fabrikam");
  for (const [organization, entityId] of [
    [own, "contoso.example"],
    [other, "fabrikam-canary"],
  ] as const) {
    await upsertMapping(product.operator, { integrationId: id, organizationId: organization.id, entityId });
  }
  const { page } = await otherBrowser(await makePerson(product, "organization_admin", own.id));
  await openTab(page, id, "mappings");
  await expect(page.getByText("1 organization", { exact: true })).toBeVisible();
  expect(await page.content()).not.toContain("fabrikam-canary");
  await page.getByRole("link", { name: `Edit ${own.name}` }).click();
  await expect(page.getByLabel("Entity ID", { exact: true })).toBeDisabled();
  await expect(page.getByText("Only the provider may change it: it decides whose token")).toBeVisible();
  await expect(page.getByLabel("base_url", { exact: true })).toBeDisabled();
  await page.getByLabel("timeout", { exact: true }).fill("15");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText(`Mapping of ${own.name} saved`)).toBeVisible();
  await expectAccessible(page);
  await page.goto(`/settings/integrations/${id}/mappings/${other.id}`);
  await expect(page.getByText("There is no such organization here")).toBeVisible();
});

test("a deactivated organization asks for nothing and leads nowhere but to where it is reactivated", async ({
  page,
  product,
  service,
  admin: _admin,
}) => {
  const { id, name } = await makeHalo(product, service);
  const contoso = await makeCustomer(product, "Contoso");
  await upsertMapping(product.operator, { integrationId: id, organizationId: contoso.id, entityId: "c" });
  const { prisma } = product.operator.db;
  const mapping = await prisma.mapping.findFirstOrThrow({ where: { organizationId: contoso.id } });
  await seedConnection(product.operator.db, id, { mappingId: mapping.id, status: "reconnect_required" });
  await openTab(page, id, "mappings");
  await expect(page.getByRole("link", { name: contoso.name, exact: true })).toBeVisible();
  await prisma.organization.update({ where: { id: contoso.id }, data: { isActive: false } });

  await page.goto(`/settings/integrations/${id}/mappings?filter=mapped`);
  const table = page.getByRole("table", { name: `Mappings of ${name}` });
  await expect(table).toContainText("Deactivated: its scripts get nothing.");
  await expect(table.getByRole("link")).toHaveCount(1);
  await expectAccessible(page);
  await table.getByRole("link", { name: `Organizations, ${contoso.name}` }).click();
  await expect(page.getByRole("table").getByText(contoso.name)).toBeVisible();
  await page.goto(`/settings/integrations?q=${name}`);
  await expect(page.getByText("1 mapped")).toBeVisible();
  await expect(page.getByText(/needs? attention/)).toBeHidden();
});
