import { expectAccessible } from "./fixtures/accessibility";
import { look, openScreen } from "./fixtures/look";
import { makePerson } from "./fixtures/people";
import { expect, test } from "./fixtures/test";

test.use({ productOptions: { name: "screens" } });

test("screens before anybody is signed in", async ({ page, product, problems }) => {
  problems.expect(/404 \(Not Found\)/);
  await openScreen(page, "/sign-in", "Sign in");
  await expect(page.getByText("Nobody can sign in yet")).toBeVisible();
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByLabel("Password", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await look(page, "sign-in with errors");
  await openScreen(page, product.setupUrl ?? "", "Create the first account");
  await look(page, "setup");
  await openScreen(page, "/setup/made-up", "This setup link cannot be used");
  await look(page, "setup link that is none");
  for (const reason of [
    "state_missing",
    "state_unknown",
    "signed_out",
    "forbidden",
    "gone",
    "unavailable",
    "other",
  ]) {
    await openScreen(page, `/oauth/refused?reason=${reason}`, /./);
    await expectAccessible(page, `refused: ${reason}`);
  }
  await look(page, "refused");
  const person = await makePerson(product);
  await openScreen(page, person.setupUrl, "Choose a password");
  await look(page, "choosing a password");
});

test("the API reference, for people who are not signed in", async ({ page }) => {
  await openScreen(page, "/docs/api", "API reference");
  await look(page, "API reference");
});

test("screens of an installation where nothing is yet", async ({ page, problems, admin: _ }) => {
  problems.expect(/404 \(Not Found\)/);
  await openScreen(page, "/settings/integrations", "Integrations");
  await expect(page.getByText("No integrations yet")).toBeVisible();
  await look(page, "empty list of integrations");
  await openScreen(page, "/settings/api-keys", "API keys");
  await look(page, "empty list of API keys");
  await openScreen(page, "/settings/integrations/new", "Create Integration");
  await look(page, "create");
  await page.getByRole("button", { name: "Microsoft Graph" }).click();
  await page.getByText("Advanced", { exact: true }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText(/fields? needs? attention/)).toBeVisible();
  await look(page, "create with a preset, a failed save, and Advanced open");
  await page.goto("/settings/api-keys/new");
  await look(page, "create API key");
  await openScreen(page, "/settings/webhooks", "Webhooks");
  await expect(page.getByText("No webhooks yet")).toBeVisible();
  await look(page, "empty list of webhooks");
  await openScreen(page, "/settings/webhooks/new", "Create webhook");
  await page.getByRole("button", { name: "Create webhook" }).click();
  await expect(page.getByLabel("URL", { exact: true })).toHaveAccessibleDescription(/Enter the URL/);
  await look(page, "create webhook, a failed save");
  await openScreen(page, "/settings/users/new", /user/i);
  await look(page, "create user");
  await openScreen(page, "/nowhere", "There is nothing at this address");
  await look(page, "not found");
  await page.goto("/settings/integrations/0199a000-0000-7000-8000-000000000000");
  await expect(page.getByRole("heading", { name: "There is no such integration" })).toBeVisible();
  await look(page, "integration not found");
});
