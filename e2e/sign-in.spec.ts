import type { Page } from "@playwright/test";
import { startIdentityServer } from "@/test/identity-server";
import { openIntegration } from "./fixtures/integration-screen";
import { leave, makePerson, setPassword, signInByLink } from "./fixtures/people";
import { freePort, startProduct } from "./fixtures/product";
import { makeGraph } from "./fixtures/services";
import { expect, test } from "./fixtures/test";

const PASSWORD = "a horse and a staple";

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("Email", { exact: true }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** A page that asks the server nothing by itself: another one may do so just when its session ends. */
const QUIET = "/account";

test("an invited person chooses a password by a link that works once", async ({ page, product }) => {
  const person = await makePerson(product, "technician");
  await page.goto(person.setupUrl);
  await expect(page.getByText(person.email)).toBeVisible();
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByRole("button", { name: "Set password and sign in" }).click();
  await expect(page.getByLabel("Password", { exact: true })).toHaveAccessibleDescription(
    /Use at least 12 characters/,
  );
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Set password and sign in" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();

  await page.goto(person.setupUrl);
  await expect(page.getByRole("heading", { name: "This setup link cannot be used" })).toBeVisible();
});

test("a wrong password and an unknown address get the same answer, and many get a wait", async ({
  page,
  product,
}) => {
  const person = await makePerson(product);
  await setPassword(product, person, PASSWORD);
  const refusal = page.getByText("The email address or the password is wrong.");
  await page.goto("/sign-in");
  await signIn(page, person.email, "not the password");
  await expect(refusal).toBeVisible();
  await expect(page.getByLabel("Email", { exact: true })).toHaveValue(person.email);
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
  await signIn(page, `nobody-${person.email}`, "not the password");
  await expect(refusal).toBeVisible();

  for (let attempt = 0; attempt < 5; attempt++) {
    await page.goto("/sign-in");
    await signIn(page, person.email, "not the password");
    await expect(page.getByText("Not signed in")).toBeVisible();
  }
  await expect(page.getByText(/Too many failed attempts. Try again in \d+ seconds./)).toBeVisible();
  // The right one is not looked at either while the wait lasts.
  await signIn(page, person.email, PASSWORD);
  await expect(page.getByText(/Too many failed attempts/)).toBeVisible();
});

test("signing in goes on to the page that was asked for, and never to another site", async ({
  page,
  product,
  service,
}) => {
  const person = await makePerson(product);
  await setPassword(product, person, PASSWORD);
  const graph = await makeGraph(product, service);
  await page.goto(`/settings/integrations/${graph.id}`);
  await expect(page).toHaveURL(/\/sign-in\?next=/);
  await signIn(page, person.email, PASSWORD);
  await expect(page.getByRole("heading", { level: 1, name: graph.name })).toBeVisible();

  await page.goto(QUIET);
  await page.getByRole("button", { name: /^Signed in as/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto("/sign-in?next=https://evil.example/");
  await signIn(page, person.email, PASSWORD);
  await expect(page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
  expect(page.url().startsWith(product.url)).toBe(true);
});

test("signing out ends this session; everywhere ends the others too", async ({
  page,
  product,
  otherBrowser,
}) => {
  const person = await makePerson(product);
  await signInByLink(page, product, person);
  const other = await otherBrowser(person);
  const third = await otherBrowser(person);
  await leave(third.page);

  await page.goto(QUIET);
  await page.getByRole("button", { name: /^Signed in as/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await page.goto("/settings/integrations");
  await expect(page).toHaveURL(/\/sign-in/);

  await other.page.goto("/account");
  await expect(other.page.getByText("This browser")).toBeVisible();
  await other.page.getByRole("button", { name: "Sign out everywhere" }).click();
  await expect(other.page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await third.page.goto("/settings/integrations");
  await expect(third.page).toHaveURL(/\/sign-in/);
});

test("a changed password is the one that signs in, and other sessions end", async ({
  page,
  product,
  otherBrowser,
}) => {
  const person = await makePerson(product);
  await setPassword(product, person, PASSWORD);
  await signInByLink(page, product, person);
  const other = await otherBrowser(person);
  await page.goto("/account");
  await page.getByLabel("Current password").fill("not the password");
  await page.getByLabel("New password").fill("another horse and staple");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByLabel("Current password")).toHaveAttribute("aria-invalid", "true");

  await page.getByLabel("Current password").fill(PASSWORD);
  await page.getByLabel("New password").fill("another horse and staple");
  await leave(other.page);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByText("Password changed")).toBeVisible();
  await other.page.goto("/settings/integrations");
  await expect(other.page).toHaveURL(/\/sign-in/);
  await signIn(other.page, person.email, "another horse and staple");
  await expect(other.page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
});

test("a sign-in link works once", async ({ page, product, otherBrowser }) => {
  const person = await makePerson(product);
  const used = page.waitForRequest((request) => request.url().includes("/sign-in/link/"), { timeout: 0 });
  await signInByLink(page, product, person);
  const other = await otherBrowser();
  await other.page.goto((await used).url());
  await expect(other.page.getByText("This sign-in link was used already or has expired.")).toBeVisible();
});

test("who has no password is told how to get one, instead of a form that none would fit", async ({
  page,
  product,
}) => {
  await signInByLink(page, product, await makePerson(product));
  await page.goto("/account");
  await expect(page.getByText("ask an administrator for a setup link")).toBeVisible();
  await expect(page.getByLabel("Current password")).toHaveCount(0);
});

test("a technician may connect and not edit, a viewer only look", async ({
  product,
  service,
  otherBrowser,
}) => {
  const graph = await makeGraph(product, service);
  const technician = await otherBrowser("technician");
  await openIntegration(technician.page, graph);
  await expect(technician.page.getByRole("button", { name: "Connect", exact: true })).toBeVisible();
  const viewer = await otherBrowser("viewer");
  await openIntegration(viewer.page, graph);
  await expect(viewer.page.getByRole("button", { name: "Connect", exact: true })).toBeHidden();

  for (const { page } of [technician, viewer]) {
    await expect(page.getByText("A platform admin can change them.")).toBeVisible();
    await expect(page.getByRole("button", { name: "Save" })).toBeHidden();
    await expect(page.getByRole("textbox", { name: "Client ID" })).toBeHidden();
    await page.goto("/settings/integrations");
    await expect(page.getByRole("link", { name: "Create Integration" })).toBeHidden();
    await expect(page.getByRole("link", { name: "API keys" })).toBeHidden();
    await page.goto("/settings/integrations/new");
    await expect(page.getByRole("button", { name: "Save" })).toBeHidden();
    await page.goto("/settings/api-keys");
    await expect(page.getByText("Your role does not manage API keys")).toBeVisible();
  }
});

test("single sign-on lets in who is a user here by verified email, and nobody else", async ({
  browser,
  problems,
}) => {
  // The identity server's own pages ask for a font and an icon that are not there.
  problems.expect(/fonts\.googleapis\.com|favicon\.ico/);
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const identity = await startIdentityServer(`${url}/api/auth/callback/oidc`);
  const product = await startProduct({
    env: {
      PORT: String(port),
      BIFROST_OIDC_ISSUER: identity.issuer,
      BIFROST_OIDC_CLIENT_ID: identity.clientId,
      BIFROST_OIDC_CLIENT_SECRET: identity.clientSecret,
    },
  });
  try {
    const person = await makePerson(product);
    identity.accounts.set("known", { sub: "known", email: person.email, email_verified: true });
    identity.accounts.set("unverified", { sub: "unverified", email: person.email, email_verified: false });
    const signInAs = async (account: string) => {
      const context = await browser.newContext({ baseURL: url });
      problems.watch(context);
      const page = await context.newPage();
      await page.goto("/settings/api-keys");
      await page.getByRole("button", { name: "Sign in with single sign-on" }).click();
      await page.locator("input[name=login]").fill(account);
      await page.locator("input[name=password]").fill("anything");
      await page.getByRole("button", { name: "Sign-in" }).click();
      await page.getByRole("button", { name: "Continue" }).click();
      return { context, page };
    };
    const known = await signInAs("known");
    await expect(known.page.getByRole("heading", { level: 1, name: "API keys" })).toBeVisible();
    await known.context.close();
    const unverified = await signInAs("unverified");
    await expect(unverified.page.getByText("Single sign-on knows you, but")).toBeVisible();
    await unverified.context.close();
    expect(product.printed()).not.toContain(identity.clientSecret);
  } finally {
    await product.stop();
    await identity.close();
  }
});
