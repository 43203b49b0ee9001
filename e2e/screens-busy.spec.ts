import type { Page } from "@playwright/test";
import { createApiKey } from "@/lib/api-keys/create-api-key";
import { expectAccessible } from "./fixtures/accessibility";
import { fillInstallation, STATE_NAMES } from "./fixtures/busy-installation";
import { badge } from "./fixtures/integration-screen";
import { pressUntilFocused, pressUntilSeen } from "./fixtures/keys";
import { look, NARROW, openScreen } from "./fixtures/look";
import { makePerson, signInByLink } from "./fixtures/people";
import { photograph } from "./fixtures/screenshots";
import { expect, test } from "./fixtures/test";

test.use({ productOptions: { name: "busy" } });

let ids: Map<string, string>;
test.beforeAll(async ({ product }) => {
  const person = await makePerson(product);
  ids = await fillInstallation(product.operator, person.id);
  await createApiKey(product.operator, { name: "Nightly", permissions: ["credentials:read"] });
});

test.describe("a busy installation", () => {
  test("the list shows twelve rows on a screen, causes and buttons without hovering, broken first", async ({
    page,
    admin: _,
  }) => {
    await openScreen(page, "/settings/integrations", "Integrations");
    const rows = page.getByRole("table", { name: "Integrations" }).getByRole("rowgroup");
    await expect(page.getByText("40 integrations", { exact: true })).toBeVisible();
    const seen = await rows.evaluateAll(
      (groups) => groups.filter((group) => group.getBoundingClientRect().bottom <= window.innerHeight).length,
    );
    expect(seen - 1, "rows on one screen").toBeGreaterThanOrEqual(12);
    await expect(rows.nth(1)).toContainText("Reconnect required");
    await expect(rows.nth(1)).toContainText("invalid_grant");
    await expect(rows.nth(1).getByRole("button", { name: /^Reconnect / })).toBeVisible();
    const cutOff = await page
      .getByRole("table", { name: "Integrations" })
      .evaluate((table) => table.clientWidth - (table.parentElement?.clientWidth ?? 0));
    expect(cutOff, "pixels of the table that its frame cuts off").toBeLessThanOrEqual(0);
    await photograph(page, "integrations");
    await look(page, "full list");

    await page.setViewportSize(NARROW);
    const reconnect = page.getByRole("button", { name: /^Reconnect / }).first();
    await expect(reconnect).toBeInViewport({ ratio: 1 });
    expect((await reconnect.boundingBox())?.height).toBeGreaterThanOrEqual(44);
  });

  for (const name of STATE_NAMES) {
    test(`the overview of ${name}`, async ({ page, admin: _ }) => {
      await openScreen(page, `/settings/integrations/${ids.get(name)}`, name);
      await expect(badge(page)).toBeVisible();
      const filled = page.getByRole("main").locator(".bg-primary:visible");
      await expect.poll(() => filled.count(), "filled buttons").toBeLessThanOrEqual(1);
      await look(page, `overview of ${name}`);
    });
  }

  const others = {
    "/health": "Health",
    "/settings/api-keys": "API keys",
    "/settings/organizations": "Organizations",
    "/settings/users": "Users",
    "/settings/audit": "Audit log",
    "/account": "Account",
  };
  for (const [path, heading] of Object.entries(others)) {
    test(heading, async ({ page, admin: _ }) => {
      await openScreen(page, path, heading);
      await look(page, heading);
    });
  }

  test("what opens over a screen", async ({ page, admin: _ }) => {
    await openScreen(page, `/settings/integrations/${ids.get("Microsoft_Graph")}`, "Microsoft_Graph");
    await page.getByRole("button", { name: /^More actions/ }).click();
    await expect(page.getByRole("menu")).toBeVisible();
    await look(page, "menu");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^More actions/ }).click();
    await page.getByRole("menuitem", { name: "Delete integration" }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await look(page, "deleting");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("dialog", { name: "Command menu" })).toBeVisible();
    await look(page, "command menu");
    await page.keyboard.press("Escape");
    await page.setViewportSize(NARROW);
    await page.getByRole("button", { name: "Open navigation" }).click();
    await expect(page.getByRole("dialog", { name: "Navigation" })).toBeVisible();
    await expectAccessible(page, "navigation on a phone");
  });
});

test.describe("the keyboard", () => {
  test("reaches the command menu, search, create, help and back, with the focus always seen", async ({
    page,
    product,
  }) => {
    const person = await makePerson(product);
    await signInByLink(page, product, person);
    await expect(page.getByRole("searchbox", { name: "Search integrations" })).toBeVisible();

    const menu = page.getByRole("dialog", { name: "Command menu" });
    await pressUntilFocused(page, "Control+k", menu.getByRole("combobox"));
    await page.keyboard.type("API keys");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: "API keys" })).toBeVisible();
    await pressUntilSeen(page, ["g", "i"], page.getByRole("heading", { level: 1, name: "Integrations" }));

    await pressUntilFocused(page, "/", page.getByRole("searchbox", { name: "Search integrations" }));
    await expectSeenFocus(page);
    await page.keyboard.press("Tab");
    await expectSeenFocus(page);
    await page.getByRole("heading", { level: 1 }).click();

    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await expect(help).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(help).toBeHidden();

    await page.keyboard.press("c");
    await expect(page.getByRole("heading", { level: 1, name: "Create Integration" })).toBeVisible();
    await page.getByLabel("Name", { exact: true }).focus();
    await page.keyboard.press("Control+Enter");
    await expect(page.getByText(/fields need attention/)).toBeVisible();
    await expect(page.getByLabel("Name", { exact: true })).toBeFocused();
  });

  test("meets every control of the list with a visible focus", async ({ page, product }) => {
    const person = await makePerson(product);
    await signInByLink(page, product, person);
    await expect(page.getByRole("table", { name: "Integrations" })).toBeVisible();
    await page.keyboard.press("Tab");
    await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
    for (let step = 0; step < 25; step++) {
      await expectSeenFocus(page);
      await page.keyboard.press("Tab");
    }
  });
});

/** Whatever has the focus wears an outline or a ring, and stands in the window. */
async function expectSeenFocus(page: Page): Promise<void> {
  const seen = await page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return "nothing has the focus";
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
    const marked = (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
    const { top, bottom } = element.getBoundingClientRect();
    return marked && bottom > 0 && top < window.innerHeight ? "seen" : element.outerHTML.slice(0, 200);
  });
  expect(seen).toBe("seen");
}
