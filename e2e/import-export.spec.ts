import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { deleteIntegration } from "@/lib/integrations/delete-integration";
import { badge, chooseAction, openIntegration } from "./fixtures/integration-screen";
import { look, openScreen } from "./fixtures/look";
import { makePerson, signInByLink } from "./fixtures/people";
import { makeGraph } from "./fixtures/services";
import { expect, test } from "./fixtures/test";

// Colours on their way from light to dark have no contrast to speak of.
test.use({ contextOptions: { reducedMotion: "reduce" } });

const definition = (page: Page) => page.getByLabel("Definition", { exact: true });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const preview = (page: Page) => page.getByRole("group", { name: "Preview" });

async function openImport(page: Page): Promise<void> {
  await openScreen(page, "/settings/integrations/import", "Import an integration");
}

const halo = (name: string) => `bifrost: integration/v1
name: ${name}
description: The service desk
oauth:
  flow_type: client_credentials
  client_id: client-1
  token_url: https://eu.halo.example.com/token
config_schema:
  - key: timeout
    type: int
    default: 30
  - key: api_key
    type: secret
    required: true
`;

test("an integration is exported as a file, deleted, and imported again from it", async ({
  page,
  product,
  service,
  admin: _,
}) => {
  const graph = await makeGraph(product, service);
  await openIntegration(page, graph);
  const downloading = page.waitForEvent("download");
  await chooseAction(page, "Export");
  const download = await downloading;
  expect(download.suggestedFilename()).toBe(`${graph.name}.yaml`);
  const path = await download.path();
  const text = await readFile(path, "utf8");
  expect(text).toContain(`name: ${graph.name}`);
  expect(text).not.toContain(graph.application.clientSecret);

  await page.goto("/settings/integrations");
  await deleteIntegration(product.operator, { id: graph.id, confirmName: graph.name });
  await page.getByRole("link", { name: "Import", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Import an integration" })).toBeVisible();
  await page.getByLabel("File", { exact: true }).setInputFiles({
    name: `${graph.name}.yaml`,
    mimeType: "application/yaml",
    buffer: Buffer.from(text),
  });
  await expect(definition(page)).toHaveValue(text);
  await button(page, "Preview").click();
  await expect(preview(page)).toBeFocused();
  await expect(preview(page)).toContainText(`Creates ${graph.name} (Global)`);
  await expect(preview(page)).toContainText("Enter the Client Secret.");
  await button(page, "Import").click();
  await expect(page.getByRole("heading", { level: 1, name: graph.name })).toBeVisible();
  await expect(badge(page)).toHaveText("Not connected");
  await expect(page.getByLabel("Scopes", { exact: true })).toHaveValue("offline_access Directory.Read.All");
});

test("a preview tells what would change and be lost; nothing changes before Import", async ({
  page,
  product,
  admin: _,
}) => {
  const name = `Halo_${randomUUID().slice(0, 8)}`;
  await openImport(page);
  await definition(page).fill(halo(name));
  await button(page, "Preview").click();
  await button(page, "Import").click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();

  await openImport(page);
  const changed = halo(name)
    .replace("eu.halo", "us.halo")
    .replace("  - key: timeout\n    type: int\n    default: 30\n", "");
  await definition(page).fill(changed);
  await button(page, "Preview").click();
  const row = preview(page).getByRole("row", { name: /^Token URL/ });
  await expect(row).toContainText("https://eu.halo.example.com/token");
  await expect(row).toContainText("https://us.halo.example.com/token");
  await expect(preview(page)).toContainText("Removing timeout drops 1 value (the default).");
  await expect(preview(page)).toContainText("The URLs now lead to https://us.halo.example.com.");
  await look(page, "import: a preview with losses");

  await button(page, "Import").click();
  await expect(page.getByText("Nothing was imported. Confirm to drop them.")).toBeVisible();
  const { prisma } = product.operator.db;
  expect(await prisma.configField.count({ where: { integration: { name } } })).toBe(2);
  await page.getByLabel("Drop them").check();
  await button(page, "Import").click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  expect(await prisma.configField.count({ where: { integration: { name } } })).toBe(1);

  await openImport(page);
  await definition(page).fill(changed);
  await button(page, "Preview").click();
  await expect(preview(page)).toContainText("is already as this definition says");
  await expect(button(page, "Import")).toBeHidden();
});

test("what is wrong is told by line, and what was typed stays", async ({ page, admin: _ }) => {
  await openImport(page);
  await look(page, "import");
  const text = `bifrost: integration/v1\nname: my halo\ncolour: red\n`;
  await definition(page).fill(text);
  await button(page, "Preview").click();
  await expect(page.getByRole("alert").filter({ hasText: "Nothing was imported" })).toContainText(
    "Line 3, colour: There is no setting “colour” here.",
  );
  await expect(definition(page)).toHaveValue(text);
  await look(page, "import: refused");
  await definition(page).fill("a: b: c");
  await expect(page.getByText("There is no setting")).toBeHidden();
  await button(page, "Preview").click();
  await expect(page.getByRole("alert").filter({ hasText: "Nothing was imported" })).toContainText("Line 1: ");
});

test("somebody saved since the preview: the import is refused and previewed again", async ({
  page,
  product,
  service,
  admin: _,
}) => {
  const graph = await makeGraph(product, service);
  await openImport(page);
  await definition(page).fill(halo(graph.name));
  await button(page, "Preview").click();
  await expect(preview(page)).toBeVisible();
  await product.operator.db.prisma.integration.update({
    where: { id: graph.id },
    data: { version: { increment: 1 } },
  });
  await button(page, "Import").click();
  await expect(page.getByText("Somebody saved this integration after the preview.")).toBeVisible();
  await button(page, "Preview").click();
  await expect(preview(page)).toBeVisible();
});

test("into one organization; and a technician is not offered either", async ({
  page,
  product,
  otherBrowser,
  admin: _,
}) => {
  const organization = await product.operator.db.prisma.organization.create({
    data: { name: `Org ${randomUUID().slice(0, 8)}` },
  });
  const name = `Own_${randomUUID().slice(0, 8)}`;
  await openImport(page);
  await page.getByLabel("Organization", { exact: true }).fill(organization.name);
  await page.getByRole("option", { name: organization.name }).click();
  await definition(page).fill(halo(name));
  await button(page, "Preview").click();
  await expect(preview(page)).toContainText(`Creates ${name} (${organization.name})`);
  await button(page, "Import").click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();

  const other = await otherBrowser();
  await signInByLink(other.page, product, await makePerson(product, "technician"));
  await expect(other.page.getByRole("link", { name: "Import", exact: true })).toBeHidden();
  await openScreen(other.page, "/settings/integrations/import", "Only a platform admin imports integrations");
  await other.page.goto(page.url());
  await other.page
    .getByRole("button", { name: /^More actions for/ })
    .click({ trial: true, timeout: 2_000 })
    .catch(() => null);
  await expect(other.page.getByRole("menuitem", { name: "Export" })).toBeHidden();
});
