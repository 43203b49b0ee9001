import { randomUUID } from "node:crypto";
import { createApiKey } from "@/lib/api-keys/create-api-key";
import { createOrganization } from "@/lib/organizations/create-organization";
import { expectAccessible } from "./fixtures/accessibility";
import { pressUntilSeen } from "./fixtures/keys";
import { look, openScreen } from "./fixtures/look";
import { leave, makePerson } from "./fixtures/people";
import { expect, test } from "./fixtures/test";

const unique = (name: string) => `${name} ${randomUUID().slice(0, 6)}`;

test("an organization is created, renamed, deactivated and let back in", async ({
  page,
  product,
  otherBrowser,
  admin: _,
}) => {
  await openScreen(page, "/settings/organizations", "Organizations");
  const name = unique("Contoso");
  const create = page.getByRole("dialog", { name: "Create organization" });
  await pressUntilSeen(page, ["c"], create);
  // The key may have been pressed once more, and typed.
  await create.getByLabel("Name").fill("");
  await create.getByRole("button", { name: "Create organization" }).click();
  await expect(create.getByText("Enter a name.")).toBeVisible();
  await expect(create.getByLabel("Name")).toBeFocused();
  await create.getByLabel("Name").fill("provider");
  await create.getByRole("button", { name: "Create organization" }).click();
  await expect(create.getByText(/already an organization named/)).toBeVisible();
  await expect(create.getByLabel("Name")).toHaveValue("provider");
  await expectAccessible(page, "a refused organization");
  await create.getByLabel("Name").fill(name);
  await page.keyboard.press("Enter");
  await expect(create).toBeHidden();

  await page.getByRole("searchbox", { name: "Search organizations" }).fill(name.toLowerCase());
  const row = page.getByRole("rowgroup").filter({ hasText: name });
  await expect(page.getByRole("status").filter({ hasText: "1 organization" })).toBeVisible();
  await row.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: `Rename ${name}` }).click();
  const renamed = name.replace("Contoso", "Contoso GmbH");
  await page.getByRole("dialog").getByLabel("Name").fill(renamed);
  await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();

  await page.getByRole("searchbox", { name: "Search organizations" }).fill(renamed);
  const { prisma } = product.operator.db;
  const { id } = await prisma.organization.findFirstOrThrow({ where: { name: renamed } });
  const { key } = await createApiKey(product.operator, {
    name: "k",
    organizationId: id,
    permissions: ["integrations:read"],
  });
  const ask = () =>
    fetch(`${product.url}/api/v1/organizations`, { headers: { authorization: `Bearer ${key}` } });
  expect((await ask()).status).toBe(200);
  const customer = await otherBrowser(await makePerson(product, "organization_admin", id));
  await leave(customer.page);
  await page.reload();
  const menu = page.getByRole("button", { name: `Actions for ${renamed}` });
  await menu.click();
  await page.getByRole("menuitem", { name: `Deactivate ${renamed}` }).click();
  const question = page.getByRole("alertdialog", { name: `Deactivate ${renamed}?` });
  await expect(question).toContainText("Its API keys stop working (1)");
  await expect(question).toContainText("Its users are signed out and cannot sign in (1)");
  await expectAccessible(page, "the question before a deactivation");
  await question.getByRole("button", { name: "Deactivate" }).click();
  await expect(page.getByRole("table").getByText("Deactivated", { exact: true })).toBeVisible();
  expect((await ask()).status).toBe(401);
  await customer.page.goto("/settings/integrations");
  await expect(customer.page).toHaveURL(/sign-in/);
  await menu.click();
  await page.getByRole("menuitem", { name: `Reactivate ${renamed}` }).click();
  await expect(page.getByRole("table").getByText("Deactivated", { exact: true })).toBeHidden();
  expect((await ask()).status).toBe(200);
});

test("a user is invited, changes role, and is shut out", async ({ page, otherBrowser, admin }) => {
  const email = `${randomUUID().slice(0, 8)}@example.com`;
  await openScreen(page, "/settings/users", "Users");
  await page.getByRole("link", { name: "Create user" }).click();
  await page.getByLabel("Email").fill("nonsense");
  await page.getByRole("button", { name: "Create user" }).click();
  await expect(page.getByText(/such as name@example.com/)).toBeVisible();
  await expect(page.getByLabel("Email")).toHaveValue("nonsense");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Role").selectOption("Technician");
  await page.getByRole("button", { name: "Create user" }).click();
  const link = await page.getByRole("textbox", { name: "Setup link" }).inputValue();
  expect(link).toMatch(/\/setup\/[\w-]{43}$/);
  await expectAccessible(page, "the setup link");

  const invited = await otherBrowser();
  await invited.page.goto(link);
  await invited.page.getByLabel("Password", { exact: true }).fill("correct horse battery staple");
  await invited.page.getByRole("button").last().click();
  await expect(invited.page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
  await leave(invited.page);
  await page.getByRole("link", { name: "Done" }).click();
  await page.getByRole("searchbox", { name: "Search users" }).fill(email);
  const row = page.getByRole("rowgroup").filter({ hasText: email });
  await expect(row).toContainText("Technician");
  const menu = page.getByRole("button", { name: `Actions for ${email}` });
  await menu.click();
  await page.getByRole("menuitem", { name: `Change role of ${email}` }).click();
  await page.getByRole("dialog").getByLabel("Role").selectOption("Viewer");
  await page.getByRole("dialog").getByRole("button", { name: "Change role" }).click();
  await expect(row).toContainText("Viewer");
  await menu.click();
  await page.getByRole("menuitem", { name: `New setup link for ${email}` }).click();
  await page.getByRole("button", { name: "Make link" }).click();
  await expect(page.getByRole("dialog").getByRole("textbox", { name: "Setup link" })).not.toHaveValue(link);
  await page.keyboard.press("Escape");
  await menu.click();
  await page.getByRole("menuitem", { name: `Deactivate ${email}` }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Deactivate" }).click();
  await expect(row).toContainText("Deactivated");

  await page.getByRole("searchbox", { name: "Search users" }).fill(admin.email);
  await page.getByRole("button", { name: `Actions for ${admin.email}` }).click();
  await expect(page.getByRole("menuitem", { name: "Deactivate" })).toBeHidden();
});

test("a key is limited to what was named", async ({ page, product, admin: _ }) => {
  const customer = await createOrganization(product.operator, { name: unique("Litware") });
  await openScreen(page, "/settings/api-keys/new", "Create API key");
  await page.getByLabel("Name", { exact: true }).fill("Limited");
  await page.getByRole("group", { name: "Organizations" }).getByLabel("Only those named").check();
  await page.getByRole("button", { name: "Create API key" }).click();
  await expect(page.getByText(/Choose at least one organization/)).toBeVisible();
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Limited");
  const picker = page.getByRole("combobox", { name: "Organizations that the key may use" });
  await picker.fill(customer.name);
  await expect(page.getByRole("option", { name: customer.name })).toBeVisible();
  await expectAccessible(page, "an open picker");
  await picker.press("Enter");
  await expect(page.getByRole("button", { name: `Remove ${customer.name}` })).toBeVisible();
  await picker.press("Escape");
  await page.getByRole("button", { name: "Create API key" }).click();
  const key = await page.getByRole("textbox", { name: "API key" }).inputValue();
  const answer = await fetch(`${product.url}/api/v1/organizations`, {
    headers: { authorization: `Bearer ${key}` },
  });
  expect(await answer.json()).toMatchObject({ organizations: [{ id: customer.id }], next_cursor: null });
  await page.getByRole("link", { name: "Done" }).click();
  await expect(page.getByRole("rowgroup").filter({ hasText: "Limited" }).first()).toContainText(
    `Only ${customer.name}`,
  );
});

test("the screens fit, in light and dark, for everybody", async ({
  page,
  product,
  otherBrowser,
  admin: _,
}) => {
  for (const [path, heading] of [
    ["/settings/organizations", "Organizations"],
    ["/settings/organizations?q=nothing+like+this", "Organizations"],
    ["/settings/users", "Users"],
    ["/settings/users/new", "Create user"],
    ["/settings/api-keys/new", "Create API key"],
  ] as const) {
    await openScreen(page, path, heading);
    await look(page, path);
  }
  const own = await createOrganization(product.operator, { name: unique("Fabrikam") });
  const customer = await otherBrowser(await makePerson(product, "organization_admin", own.id));
  const navigation = customer.page.getByRole("navigation", { name: "Main" });
  await expect(navigation.getByRole("link")).toHaveText([
    "Health",
    "Integrations",
    "Users",
    "API keys",
    "Audit log",
  ]);
  await openScreen(customer.page, "/settings/organizations", "Organizations");
  await expect(customer.page.getByText("Your organization is the only one you see")).toBeVisible();
  await openScreen(customer.page, "/settings/users", "Users");
  await expect(customer.page.getByRole("status").filter({ hasText: "1 user" })).toBeVisible();
  const reader = await otherBrowser(await makePerson(product, "viewer", own.id));
  for (const [path, words] of [
    ["/settings/users", "Your role does not manage users"],
    ["/settings/audit", "Your role does not read the audit log"],
    ["/settings/api-keys", "Your role does not manage API keys"],
  ] as const) {
    await reader.page.goto(path);
    await expect(reader.page.getByText(words)).toBeVisible();
  }
});
