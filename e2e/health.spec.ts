import { upsertMapping } from "@/lib/mappings/upsert-mapping";
import { PLAIN_TOKENS } from "@/test/oauth-service/faulty-service";
import { makeCustomer } from "./fixtures/halo";
import { badge, openIntegration } from "./fixtures/integration-screen";
import { pressUntilSeen } from "./fixtures/keys";
import { look } from "./fixtures/look";
import { makePerson } from "./fixtures/people";
import { makeFaulty } from "./fixtures/services";
import { expect, test } from "./fixtures/test";
import { makeTroubled } from "./fixtures/troubled";

test("a failing refresh is told in words wherever it shows, is kept in the Activity, and recovers by itself", async ({
  page,
  product,
  faulty,
  admin: _,
}) => {
  const integration = await makeFaulty(product, faulty);
  const customer = await makeCustomer(product, "Contoso");
  await upsertMapping(product.operator, { integrationId: integration.id, organizationId: customer.id });
  const path = `/settings/integrations/${integration.id}`;
  await openIntegration(page, integration);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(badge(page)).toHaveText("Active");
  await page.goto(`${path}/mappings/${customer.id}`);
  await page.getByRole("button", { name: `Connect ${customer.name}` }).click();
  await expect(page.getByRole("button", { name: `Refresh token ${customer.name}` })).toBeVisible();

  await test.step("the button refreshes", async () => {
    await page.getByRole("button", { name: `Refresh token ${customer.name}` }).click();
    await expect(page.getByText(`The token of ${customer.name} is refreshed`)).toBeVisible();
  });

  const WHAT = "The service says that it is not available.";
  const QUOTE = "temporarily_unavailable: Maintenance until nine";
  await test.step("Overview: what, why, since when, the next try and the button", async () => {
    faulty.always("/token", {
      status: 503,
      body: { error: "temporarily_unavailable", error_description: "Maintenance until nine" },
    });
    await openIntegration(page, integration);
    await page.getByRole("button", { name: "Refresh token", exact: true }).click();
    await expect(page.getByText("The token was not refreshed")).toBeVisible();
    await expect(badge(page)).toHaveText("Refresh failing");
    const main = page.getByRole("main");
    await expect(main.getByText(WHAT)).toBeVisible();
    await expect(main.locator("q", { hasText: QUOTE })).toBeVisible();
    await expect(main.getByText(/Next try/)).toBeVisible();
    await expect(page.getByRole("button", { name: `Refresh token ${integration.name}` })).toBeVisible();
  });

  await test.step("the list and the Mappings tab say the same", async () => {
    await page.goto(`/settings/integrations?q=${integration.name}`);
    const row = page.getByRole("rowgroup").filter({ hasText: integration.name });
    await expect(row).toContainText(WHAT);
    await expect(row).toContainText("Next try");
    await page.goto(`${path}/mappings/${customer.id}`);
    // A service is not asked twice within five seconds.
    await expect(async () => {
      await page
        .getByRole("button", { name: `Refresh token ${customer.name}` })
        .first()
        .click();
      await expect(page.getByRole("main").locator("q", { hasText: QUOTE })).toBeVisible({ timeout: 2_000 });
    }).toPass();
    await page.goto(`${path}/mappings`);
    const mapping = page.getByRole("rowgroup").filter({ hasText: customer.name });
    await expect(mapping).toContainText(QUOTE);
    await expect(mapping.getByRole("button", { name: `Refresh token ${customer.name}` })).toBeVisible();
  });

  await test.step("it recovers without anybody", async () => {
    faulty.always("/token", { body: PLAIN_TOKENS });
    await openIntegration(page, integration);
    // The pause grows with the tries before it: as if it were over.
    await product.operator.db.prisma.connection.updateMany({
      where: { integrationId: integration.id, nextTryAt: { not: null } },
      data: { nextTryAt: new Date(), dueAt: new Date() },
    });
    await expect(badge(page)).toHaveText("Active");
    await expect(page.getByText(WHAT)).toBeHidden();
  });

  await test.step("the Activity has every attempt, and is filtered", async () => {
    await page.getByRole("link", { name: "Activity" }).click();
    const table = page.getByRole("table", { name: `Activity of ${integration.name}` });
    await expect(table.getByText("Refresh token pressed").first()).toBeVisible();
    await expect(table.getByText("It was due").first()).toBeVisible();
    await look(page, "activity");
    await page.getByLabel("Outcome").selectOption("passing");
    await expect(page).toHaveURL(/outcome=passing/);
    await expect(table.getByText(QUOTE).first()).toBeVisible();
    await expect(table.getByText("Refreshed", { exact: true })).toBeHidden();
  });
});

test("the Health grid shows what is in trouble, is walked by keyboard, and tests all of it until cancelled", async ({
  page,
  product,
  faulty,
  otherBrowser,
  admin: _,
}) => {
  const first = await makeTroubled(product, faulty, ["Adatum", "Blueyonder", "Coho"]);
  const [adatum, blueyonder, coho] = first.organizations.map(({ name }) => name);
  const name = first.integration.name;
  faulty.always("/me", { fault: "hang" });

  await test.step("g h goes there; cells say whose they are and how they stand", async () => {
    await pressUntilSeen(page, ["g", "h"], page.getByRole("heading", { level: 1, name: "Health" }));
    await page.goto(`/health?integration=${first.integration.id}`);
    const grid = page.getByRole("grid", { name: "Health of integrations by organization" });
    await expect(grid.getByRole("link", { name: `${adatum}, ${name}: Refresh failing` })).toBeVisible();
    const chosen = page.getByRole("region", { name: "Chosen connection" });
    await expect(chosen).toContainText("server_error: Try again tomorrow");
  });

  await test.step("arrows move, and Enter opens", async () => {
    const cell = (who = "") => page.getByRole("link", { name: `${who}, ${name}: Refresh failing` });
    // A key that is pressed before the grid's code has come is nobody's.
    await expect(async () => {
      await cell(adatum).focus();
      await page.keyboard.press("ArrowRight");
      await expect(cell(blueyonder)).toBeFocused({ timeout: 500 });
    }).toPass();
    await page.keyboard.press("End");
    await expect(cell(coho)).toBeFocused();
    await expect(page.getByRole("region", { name: "Chosen connection" })).toContainText(coho ?? "");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 2, name: coho })).toBeVisible();
    await page.goBack();
  });

  await test.step("a test of all can be cancelled", async () => {
    await page.getByRole("button", { name: "Test all in trouble" }).click();
    await expect(page.getByRole("progressbar", { name: "Testing connections" })).toBeVisible();
    // All of them: one that came later would take the answer that is queued for the next run.
    await expect
      .poll(() => faulty.requests.filter(({ path }) => path === "/me").length)
      .toBeGreaterThanOrEqual(3);
    await page.getByRole("button", { name: "Cancel" }).click();
    await expect(page.getByRole("heading", { name: "Cancelled" })).toBeVisible();
    await expect(page.getByText(/^0 of \d+ tested/)).toBeVisible();
  });

  await test.step("and otherwise shows in the cells what it found", async () => {
    faulty.always("/me", { body: { me: "here" } });
    faulty.enqueue("/me", { status: 401, body: { error: "no" } });
    await page.getByRole("button", { name: "Dismiss" }).click();
    await page.getByRole("button", { name: "Test all in trouble" }).click();
    await expect(page.getByText("Tested what is in trouble")).toBeVisible();
    await expect(page.getByText("3 of 3 tested · 2 work · 1 fail")).toBeVisible();
    await expect(page.getByRole("link", { name: /Refresh failing\W+test\W+works$/ })).toHaveCount(2);
    await expect(page.getByRole("link", { name: /Refresh failing\W+test\W+fails$/ })).toHaveCount(1);
    await look(page, "Health with test results");
  });

  await test.step("a managed organization's people see their own column", async () => {
    const person = await makePerson(product, "organization_admin", first.organizations[0]?.id);
    const other = await otherBrowser(person);
    await other.page.goto(`/health?integration=${first.integration.id}`);
    const headers = other.page.getByRole("grid").getByRole("columnheader");
    await expect(headers).toHaveText(["Integration", "Default connection", adatum ?? ""]);
  });
});
