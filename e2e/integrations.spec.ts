import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { deleteIntegration } from "@/lib/integrations/delete-integration";
import { setOrganizationPolicy } from "@/lib/integrations/set-organization-policy";
import { listPresets } from "@/lib/presets/list-presets";
import { expectAccessible } from "./fixtures/accessibility";
import { badge, chooseAction, openIntegration } from "./fixtures/integration-screen";
import { pressUntilFocused } from "./fixtures/keys";
import { makeGraph } from "./fixtures/services";
import { expect, test } from "./fixtures/test";

const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });
const save = (page: Page) => page.getByRole("button", { name: "Save", exact: true });

async function openCreate(page: Page): Promise<void> {
  await page.goto("/settings/integrations/new");
  await expect(page.getByRole("heading", { level: 1, name: "Create Integration" })).toBeVisible();
}

/** Everything that a custom integration needs, typed. */
async function typeAll(page: Page, changes: Record<string, string> = {}): Promise<void> {
  const values: Record<string, string> = {
    Name: `Typed_${randomUUID().slice(0, 8)}`,
    "Client ID": "client-1",
    "Client Secret": "canary-typed-secret",
    "Authorization URL": "https://login.example.com/authorize",
    "Token URL": "https://login.example.com/token",
    ...changes,
  };
  for (const [label, value] of Object.entries(values)) await field(page, label).fill(value);
}

test.describe("a save that cannot be", () => {
  test.beforeEach(async ({ admin: _, page }) => openCreate(page));

  const refusals = [
    { label: "Name", value: "my graph", words: "Start with a letter or digit" },
    { label: "Name", value: "", words: "Enter a name." },
    { label: "Client ID", value: "", words: "Enter the Client ID that the service gave you." },
    { label: "Description", value: "word ".repeat(20_000), words: "at most 1,000 characters" },
    { label: "Token URL", value: "http://10.0.0.1/token", words: "inside a private network" },
    { label: "Token URL", value: "https://169.254.169.254/token", words: "inside a private network" },
    {
      label: "Token URL",
      value: "http://login.example.com/token",
      words: "Use https:// for login.example.com",
    },
    {
      label: "Token URL",
      value: "ftp://login.example.com/token",
      words: "Only https:// URLs can be reached",
    },
    {
      label: "Token URL",
      value: "https://me:secret@login.example.com/",
      words: "Remove the user name and password",
    },
    { label: "Token URL", value: "login.example.com/token", words: "This is not a URL" },
    { label: "Token URL", value: "https://{entity_id}/token", words: "{entity_id}" },
    { label: "Authorization URL", value: "", words: "Enter the Authorization URL." },
    {
      label: "Authorization URL",
      value: "https://login.example.com/{tenant}/authorize",
      words: "{tenant} is not known here. Known placeholders: {entity_id}",
    },
  ];
  test("says beside each field what is wrong and keeps everything typed", async ({ page }) => {
    await typeAll(page);
    for (const { label, value, words } of refusals) {
      await test.step(`${label}: ${value.slice(0, 40)}`, async () => {
        const before = await field(page, label).inputValue();
        await field(page, label).fill(value);
        await save(page).click();
        await expect(page.getByText("Not saved: 1 field needs attention")).toBeVisible();
        await expect(field(page, label)).toHaveAttribute("aria-invalid", "true");
        await expect(field(page, label)).toHaveAccessibleDescription(new RegExp(escape(words)));
        await expect(field(page, label)).toBeFocused();
        await expect(field(page, label)).toHaveValue(value);
        await expect(field(page, "Client Secret")).toHaveValue("canary-typed-secret");
        await field(page, label).fill(before);
      });
    }
    await save(page).click();
    await expect(badge(page)).toHaveText("Not connected");
  });

  test("lists several bad fields at once, those under Advanced too", async ({ page }) => {
    await page.getByText("Advanced", { exact: true }).click();
    await field(page, "API hosts").fill("https://graph.microsoft.com/v1.0");
    await page.getByText("Advanced", { exact: true }).click();
    await save(page).click();
    await expect(page.getByText(/^Not saved: \d fields need attention$/)).toBeVisible();
    await expect(page.getByText(/Everything you typed is still here/)).toContainText("Name, API hosts");
    await expect(field(page, "API hosts")).toBeVisible();
    await expect(field(page, "Name")).toBeFocused();
  });

  test("says beside a checkbox what is wrong with it, and unfolds it", async ({ page }) => {
    await typeAll(page);
    const advanced = page.getByText("Advanced", { exact: true });
    await advanced.click();
    await field(page, "Token endpoint authentication").selectOption("None: a public client");
    await field(page, "PKCE").uncheck();
    await advanced.click();
    await expect(field(page, "PKCE")).toBeHidden();
    await save(page).click();
    await expect(page.getByText("Not saved: 1 field needs attention")).toBeVisible();
    await expect(field(page, "PKCE")).toBeFocused();
    await expect(field(page, "PKCE")).toHaveAttribute("aria-invalid", "true");
    await expect(field(page, "PKCE")).toHaveAccessibleDescription(/must use PKCE; turn it on/);
    await expectAccessible(page);
    await field(page, "PKCE").check();
    await expect(field(page, "PKCE")).not.toHaveAttribute("aria-invalid");
    await save(page).click();
    await expect(badge(page)).toHaveText("Not connected");
  });

  test("says in words what a policy that stands elsewhere has against it", async ({
    page,
    product,
    service,
  }) => {
    const { id, name } = await makeGraph(product, service, { refreshTokensReusable: true });
    await setOrganizationPolicy(product.operator, {
      integrationId: id,
      version: 1,
      organizationPolicy: "derived",
    });
    await openIntegration(page, { id, name });
    await field(page, "OAuth Flow Type").selectOption("No OAuth");
    await save(page).click();
    const failure = page.getByRole("alert").filter({ hasText: "Not saved" });
    await expect(failure).toContainText(
      "Policy on the Mappings tab: Without OAuth there is no consent to use.",
    );
    await expect(failure).toContainText("Everything you typed is still here.");

    await field(page, "OAuth Flow Type").selectOption("Authorization Code (Interactive)");
    await page.getByText("Advanced", { exact: true }).click();
    await field(page, "Refresh tokens can be used again").uncheck();
    await save(page).click();
    await expect(failure).toContainText("Refresh tokens can be used again. Everything you typed");
    await expect(field(page, "Refresh tokens can be used again")).toHaveAccessibleDescription(
      /only at a service whose refresh tokens can be used again/,
    );
  });

  test("says that a name is taken", async ({ page, product, service }) => {
    const graph = await makeGraph(product, service);
    await typeAll(page, { Name: graph.name });
    await save(page).click();
    await expect(field(page, "Name")).toHaveAccessibleDescription(/A global integration is already called/);
    await expect(field(page, "Token URL")).toHaveValue("https://login.example.com/token");
    // Another name, and the Redirect URI follows it.
    await field(page, "Name").fill(`${graph.name}.eu`);
    await expect(field(page, "Redirect URI")).toHaveValue(`${product.url}/oauth/callback/${graph.name}.eu`);
    await save(page).click();
    await expect(page.getByRole("heading", { level: 1, name: `${graph.name}.eu` })).toBeVisible();
  });
});

test("an edit of something deleted meanwhile is told, and keeps what was typed", async ({
  page,
  product,
  service,
  problems,
  admin: _,
}) => {
  problems.expect(/404 \(Not Found\).*\/api\/integrations\//);
  const graph = await makeGraph(product, service);
  await openIntegration(page, graph);
  await field(page, "Description").fill("Typed in vain");
  await deleteIntegration(product.operator, { id: graph.id, confirmName: graph.name });
  await save(page).click();
  await expect(page.getByText("This integration was deleted meanwhile")).toBeVisible();
  await expect(field(page, "Description")).toHaveValue("Typed in vain");
  await expect(save(page)).toBeDisabled();
});

test("of two admins saving at once the second is told, sees both, and loses nothing typed", async ({
  page,
  product,
  service,
  otherBrowser,
  admin: _,
}) => {
  const graph = await makeGraph(product, service, { description: "As it was" });
  const other = await otherBrowser("platform_admin");
  await openIntegration(page, graph);
  await openIntegration(other.page, graph);
  await field(page, "Scopes").fill("offline_access Directory.Read.All Mail.Read");
  await field(other.page, "Description").fill("Theirs");
  await save(other.page).click();
  await expect(other.page.getByText("Saved", { exact: true })).toBeVisible();

  await save(page).click();
  await expect(page.getByText("Somebody else saved this integration meanwhile")).toBeVisible();
  await expect(field(page, "Scopes")).toHaveValue("offline_access Directory.Read.All Mail.Read");
  await page.getByRole("button", { name: "Show theirs" }).click();
  await expect(page.getByRole("table", { name: "What they saved" })).toContainText("Theirs");
  await page.getByRole("button", { name: "Save anyway" }).click();
  await expect(page.getByText("Somebody else saved this integration meanwhile")).toBeHidden();

  await page.reload();
  await expect(field(page, "Scopes")).toHaveValue("offline_access Directory.Read.All Mail.Read");
  await expect(field(page, "Description")).toHaveValue("Theirs");
});

test("a client secret goes in and never comes back; Replace and Clear change it", async ({
  page,
  product,
  service,
  admin,
}) => {
  const canary = `canary-${randomUUID()}`;
  const bodies: Promise<string>[] = [];
  page.on("response", (response) => {
    if (response.url().startsWith(product.url)) bodies.push(response.text().catch(() => ""));
  });
  await openCreate(page);
  await typeAll(page, {
    "Client Secret": canary,
    "Authorization URL": service.oauth.url("authorization"),
    "Token URL": service.oauth.url("token"),
  });
  await save(page).click();
  await expect(badge(page)).toHaveText("Not connected");
  const secret = page.getByRole("group", { name: "Client Secret" });
  await expect(secret).toContainText(`set just now by ${admin.email}`);

  await secret.getByRole("button", { name: "Replace Client Secret" }).click();
  await expect(field(page, "Client Secret")).toBeFocused();
  await expect(field(page, "Client Secret")).toHaveValue("");
  await field(page, "Client Secret").fill(`${canary}-replaced`);
  await save(page).click();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await expect(secret).toContainText(`by ${admin.email}`);

  await secret.getByRole("button", { name: "Clear Client Secret" }).click();
  await expect(secret).toContainText("Cleared when you save");
  await save(page).click();
  await expect(secret).toBeHidden();
  await expect(field(page, "Client Secret")).toHaveValue("");
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(page.getByText("The Client Secret is missing.")).toBeVisible();

  await page.reload();
  await expect(badge(page)).toHaveText("Not connected");
  const everything = (await Promise.all(bodies)).join("\n");
  expect(everything.length).toBeGreaterThan(10_000);
  expect(everything).not.toContain(canary);
});

test("deleting asks for the name and says what goes with it", async ({
  page,
  product,
  service,
  admin: _,
}) => {
  const graph = await makeGraph(product, service);
  const list = Promise.withResolvers<undefined>();
  await page.route(/\/settings\/integrations\?_rsc/, async (route) => {
    await list.promise;
    await route.continue();
  });
  await openIntegration(page, graph);
  await chooseAction(page, "Delete integration");
  const dialog = page.getByRole("dialog", { name: `Delete ${graph.name}` });
  await expect(dialog).toContainText("its OAuth settings, the Client Secret included");
  await dialog.getByRole("textbox").fill(graph.name.toLowerCase());
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(dialog.getByRole("textbox")).toHaveAccessibleDescription(/capitals included/);
  await dialog.getByRole("textbox").fill(graph.name);
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText(`${graph.name} was deleted`)).toBeVisible();
  // While the list is on its way, its own page does not look for what is gone: a 404 would be an error in the console.
  await page.evaluate(() => window.dispatchEvent(new Event("visibilitychange")));
  await expect(page.getByText("This integration was deleted meanwhile")).toBeHidden();
  list.resolve(undefined);
  await expect(page).toHaveURL("/settings/integrations");
  await expect(page.getByRole("link", { name: graph.name })).toBeHidden();
});

test("a tab beside the Overview does not look for what was deleted there either", async ({
  page,
  product,
  service,
  admin: _,
}) => {
  const graph = await makeGraph(product, service);
  const list = Promise.withResolvers<undefined>();
  await page.route(/\/settings\/integrations\?_rsc/, async (route) => {
    await list.promise;
    await route.continue();
  });
  await page.goto(`/settings/integrations/${graph.id}/mappings`);
  await chooseAction(page, "Delete integration");
  const dialog = page.getByRole("dialog", { name: `Delete ${graph.name}` });
  await dialog.getByRole("textbox").fill(graph.name);
  await dialog.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText(`${graph.name} was deleted`)).toBeVisible();
  const looks: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes(`/api/integrations/${graph.id}`)) looks.push(request.url());
  });
  await page.evaluate(() => window.dispatchEvent(new Event("visibilitychange")));
  list.resolve(undefined);
  await expect(page).toHaveURL("/settings/integrations");
  expect(looks).toEqual([]);
});

test("leaving a changed form asks, and an unchanged one does not", async ({
  page,
  product,
  service,
  admin: _,
}) => {
  const graph = await makeGraph(product, service);
  await openIntegration(page, graph);
  const away = page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "API keys" });
  await field(page, "Description").fill("Not saved yet");
  await away.click();
  const question = page.getByRole("alertdialog", { name: "Leave without saving?" });
  await question.getByRole("button", { name: "Stay" }).click();
  await expect(field(page, "Description")).toHaveValue("Not saved yet");
  await page.getByRole("button", { name: "Discard changes" }).click();
  await expect(field(page, "Description")).toHaveValue("");
  await away.click();
  await expect(page.getByRole("heading", { level: 1, name: "API keys" })).toBeVisible();

  await page.goBack();
  await field(page, "Description").fill("Not saved either");
  await away.click();
  await question.getByRole("button", { name: "Leave" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "API keys" })).toBeVisible();
});

test("an integration of one organization: searched for by name, by keyboard alone", async ({
  page,
  product,
  admin: _,
}) => {
  const name = `Owner ${randomUUID().slice(0, 6)}`;
  await product.operator.db.prisma.organization.create({ data: { name: "A decoy" } });
  const slow = Promise.withResolvers<undefined>();
  await page.route(/\/api\/organizations.*[?&]q=\w/, async (route) => {
    await slow.promise;
    await route.continue();
  });
  await openCreate(page);
  await typeAll(page);
  await expect(field(page, "Organization")).toHaveValue("");
  await field(page, "Organization").selectOption("One organization");
  await save(page).click();
  await expect(field(page, "Owned by")).toHaveAccessibleDescription(/Choose Global or an organization/);
  await expect(field(page, "Owned by")).toBeFocused();
  await expect(page.getByRole("option", { name: "A decoy" }).first()).toBeVisible();
  await product.operator.db.prisma.organization.create({ data: { name } });
  await page.keyboard.type(name);
  await expect(page.getByRole("option", { name: "Searching…" })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: /^Remove / })).toHaveCount(0);
  slow.resolve(undefined);
  await expect(page.getByRole("option", { name })).toBeVisible();
  await page.keyboard.press("Enter");
  await save(page).click();
  await expect(badge(page)).toHaveText("Not connected");
  await expect(page.getByRole("main").getByText(name).first()).toBeVisible();
});

test.describe("presets", () => {
  test("Microsoft Graph fits one screen with Save, and leaves three blanks", async ({ page, admin: _ }) => {
    await openCreate(page);
    await page.getByRole("searchbox", { name: "Search presets" }).fill("graph");
    await page.getByRole("searchbox", { name: "Search presets" }).press("Enter");
    await expect(page.getByText("Fill in Client ID, Client Secret, and Default Entity ID")).toBeVisible();
    const labels = [
      "Organization",
      "Name",
      "Description",
      "Default Entity ID",
      "Redirect URI",
      "OAuth Flow Type",
      "Client ID",
      "Client Secret",
      "Scopes",
      "Authorization URL",
      "Token URL",
    ];
    for (const label of labels) await expect(field(page, label)).toBeInViewport({ ratio: 1 });
    await expect(save(page)).toBeInViewport({ ratio: 1 });
  });

  test("each leaves at most four blanks and saves once they are filled", async ({ page, admin: _ }) => {
    for (const preset of listPresets().filter(({ name }) => name !== "")) {
      await test.step(preset.title, async () => {
        await openCreate(page);
        await page.getByRole("button", { name: preset.title, exact: true }).click();
        expect(preset.blanks.length).toBeLessThanOrEqual(4);
        for (const blank of preset.blanks) {
          const input = field(page, blank.label);
          await expect(input).toBeVisible();
          // A value that fits a host, a path and an ID alike.
          if ((await input.inputValue()) === "") await input.fill("example");
        }
        await save(page).click();
        await expect(badge(page)).toHaveText(preset.flowType === null ? "Configured" : "Not connected");
        await expect(page.getByRole("heading", { level: 1, name: preset.name, exact: true })).toBeVisible();
      });
    }
  });
});

test.describe("the list", () => {
  test("searches, filters, sorts and pages on the server, its state in the address", async ({
    page,
    product,
    service,
    admin: _,
  }) => {
    const mark = randomUUID().slice(0, 6);
    const organization = await product.operator.db.prisma.organization.create({
      data: { name: `Org ${mark}` },
    });
    for (let index = 0; index < 27; index++) {
      const name = `${mark}_${String(index).padStart(2, "0")}`;
      await makeGraph(product, service, index === 7 ? { name, organizationId: organization.id } : { name });
    }
    await page.goto("/settings/integrations");
    await pressUntilFocused(page, "/", page.getByRole("searchbox", { name: "Search integrations" }));
    await page.keyboard.type(mark);
    await expect(page).toHaveURL(new RegExp(`q=${mark}`));
    await expect(page.getByText("27 integrations", { exact: true })).toBeVisible();
    const names = page.getByRole("link", { name: new RegExp(`^${mark}_`) });
    await expect(names).toHaveCount(25);
    await page.getByRole("link", { name: "Next" }).click();
    await expect(names).toHaveCount(2);
    await expect(page).toHaveURL(/page=2/);

    await page.getByRole("link", { name: "Name", exact: true }).click();
    await expect(names.first()).toHaveText(`${mark}_00`);
    await page.getByRole("link", { name: "Name", exact: true }).click();
    await expect(names.first()).toHaveText(`${mark}_26`);
    await expect(page.getByRole("columnheader", { name: "Name" })).toHaveAttribute("aria-sort", "descending");

    await field(page, "Available to").fill(mark);
    await page.getByRole("option", { name: `Org ${mark}` }).click();
    await expect(names).toHaveText([`${mark}_07`]);
    await page.reload();
    await expect(names).toHaveText([`${mark}_07`]);
    await field(page, "Status").selectOption("Active");
    await expect(page.getByText("Nothing matches")).toBeVisible();
    await page.getByRole("link", { name: "Clear search and filters" }).click();
    await expect(page.getByRole("searchbox", { name: "Search integrations" })).toHaveValue("");
  });
});

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
