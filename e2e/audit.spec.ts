import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createOrganization } from "@/lib/organizations/create-organization";
import { renameOrganization } from "@/lib/organizations/rename-organization";
import { look, openScreen } from "./fixtures/look";
import { makePerson } from "./fixtures/people";
import { expect, test } from "./fixtures/test";

test("the audit log tells who did what, filters, and exports all that matches", async ({
  page,
  product,
  otherBrowser,
  admin,
}) => {
  const name = `=HYPERLINK("x") ${randomUUID().slice(0, 6)}`;
  const { id } = await createOrganization(product.operator, { name: "Before the change" + randomUUID() });
  await renameOrganization(product.operator, { id, name });
  await openScreen(page, "/settings/audit", "Audit log");
  const entry = page
    .getByRole("rowgroup")
    .filter({ hasText: "renamed the organization" })
    .filter({ hasText: name });
  await expect(entry).toContainText("operator renamed the organization");
  await expect(entry.locator("del")).toContainText("Before the change");
  await expect(entry.locator("ins")).toContainText(name);
  await expect(page.getByRole("rowgroup").filter({ hasText: `${admin.email} signed in` })).toBeVisible();
  await look(page, "the audit log");

  await entry.getByRole("link", { name }).click();
  await expect(page).toHaveURL(new RegExp(`target=organization%3A${id}`));
  await expect(page.getByRole("rowgroup")).toHaveCount(3);
  await page.getByLabel("Action").selectOption("Created the organization …");
  await expect(page.getByRole("rowgroup")).toHaveCount(2);
  await page.getByLabel("From (UTC day)").fill("2001-01-01");
  await page.getByLabel("From (UTC day)").press("Enter");
  await expect(page).toHaveURL(/from=2001-01-01/);
  await page.getByLabel("Action").selectOption("Action: any");
  await expect(page.getByRole("rowgroup")).toHaveCount(3);

  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export CSV" }).click();
  const csv = await readFile(await (await download).path(), "utf8");
  expect(csv.trimEnd().split("\r\n")).toHaveLength(3);
  expect(csv).toContain(`"'=HYPERLINK(""x"")`);
  const second = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export JSON Lines" }).click();
  const lines = (await readFile(await (await second).path(), "utf8")).trimEnd().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as { action: string }).action)).toEqual([
    "organization.rename",
    "organization.create",
  ]);
  await openScreen(page, "/settings/audit?action=audit.export", "Audit log");
  await expect(page.getByRole("rowgroup").filter({ hasText: "exported the Audit log" })).toHaveCount(2);
  await openScreen(page, "/settings/audit?target=nothing+like+this", "Audit log");
  await expect(page.getByText("Nothing matches")).toBeVisible();

  const customer = await otherBrowser(await makePerson(product, "organization_admin", id));
  await openScreen(customer.page, "/settings/audit", "Audit log");
  await expect(
    customer.page.getByRole("rowgroup").filter({ hasText: "renamed the organization" }),
  ).toHaveCount(1);
  await expect(customer.page.getByText(admin.email)).toHaveCount(0);
});

test("an export asked for by another site's page is refused", async ({ page, product, admin: _ }) => {
  const response = await page.request.post(`${product.url}/api/audit/export`, {
    form: { format: "csv" },
    headers: { origin: "https://evil.example" },
  });
  expect(response.status()).toBe(403);
});
