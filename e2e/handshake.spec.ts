import type { Page } from "@playwright/test";
import { consentAt } from "@/test/oauth-service/consent";
import { expectAccessible } from "./fixtures/accessibility";
import { badge, chooseAction, connect, openIntegration, pickAccount } from "./fixtures/integration-screen";
import { freePort } from "./fixtures/product";
import { makeFaulty, makeGraph } from "./fixtures/services";
import { expect, test } from "./fixtures/test";

const FAILED = "The last attempt to connect failed";

test.describe("a consent that fails", () => {
  test("says in the service's words that it was cancelled, and Connect works again", async ({
    page,
    product,
    service,
    admin,
  }) => {
    const graph = await makeGraph(product, service);
    await openIntegration(page, graph);
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await pickAccount(page, "ada@contoso.example");
    await page.getByRole("button", { name: "Cancel" }).click();

    await expect(page.getByText(FAILED)).toBeVisible();
    await expect(page.getByText("“The user declined to give permission.”")).toBeVisible();
    await expect(badge(page)).toHaveText("Not connected");
    await expect(page).toHaveURL(`/settings/integrations/${graph.id}`);

    await connect(page);
    await expect(badge(page)).toHaveText("Active");
    await expect(page.getByText(FAILED)).toBeHidden();
    await expect(page.getByText(`by ${admin.email}`).first()).toBeVisible();
  });

  test("names the client secret when the service refuses it, and never repeats it", async ({
    page,
    product,
    service,
    admin: _,
  }) => {
    const graph = await makeGraph(product, service, { clientSecret: "canary-wrong-secret" });
    await openIntegration(page, graph);
    await connect(page);

    await expect(page.getByText(FAILED)).toBeVisible();
    await expect(page.getByText("invalid_client")).toBeVisible();
    await expect(page.getByText("Compare Client ID and Client Secret with the service's")).toBeVisible();
    await expect(badge(page)).toHaveText("Not connected");
    expect(await page.content()).not.toContain("canary-wrong-secret");
  });

  test("says which address gave no token when the Token URL is wrong", async ({
    page,
    product,
    service,
    admin: _,
  }) => {
    const tokenUrl = `${service.oauth.origin}/common/oauth2/v2.0/nowhere`;
    const graph = await makeGraph(product, service, { tokenUrl });
    await openIntegration(page, graph);
    await connect(page);

    await expect(page.getByText(FAILED)).toBeVisible();
    await expect(page.getByText(/HTTP 404/)).toBeVisible();
    await expect(page.getByText("Check the URLs and the Client ID below")).toBeVisible();
  });

  test("tells a service that is down from one that refuses, and connects once it is back", async ({
    page,
    product,
    faulty,
    admin: _,
  }) => {
    const integration = await makeFaulty(product, faulty);
    faulty.enqueue("/token", { status: 503, body: "down for maintenance" });
    await openIntegration(page, integration);
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await expect(page.getByText(FAILED)).toBeVisible();
    await expect(page.getByText(/HTTP 503/)).toBeVisible();
    await expect(page.getByText("Connect again when the service is back.")).toBeVisible();
    await expect(page.getByText("Check the URLs")).toBeHidden();

    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await expect(badge(page)).toHaveText("Active");
  });

  test("names the Redirect URI where the service does not know it", async ({
    page,
    product,
    faulty,
    admin: _,
  }) => {
    const integration = await makeFaulty(product, faulty);
    faulty.enqueue("/token", { status: 400, body: { error: "redirect_uri_mismatch" } });
    await openIntegration(page, integration);
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await expect(page.getByText(FAILED)).toBeVisible();
    await expect(page.getByText("as the top of the Overview shows it")).toBeVisible();
  });

  test("says that nothing answers where no service listens", async ({ page, product, faulty, admin: _ }) => {
    const tokenUrl = `http://127.0.0.1:${await freePort()}/token`;
    const integration = await makeFaulty(product, faulty, { tokenUrl });
    await openIntegration(page, integration);
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await expect(page.getByText(FAILED)).toBeVisible();
    await expect(page.getByText("No connection to 127.0.0.1 could be made.")).toBeVisible();
  });
});

test.describe("a callback", () => {
  test("that is opened a second time changes nothing", async ({ page, product, service, admin: _ }) => {
    const graph = await makeGraph(product, service);
    await openIntegration(page, graph);
    const callback = page.waitForRequest((request) => request.url().includes("/oauth/callback/"), {
      timeout: 0,
    });
    await connect(page);
    await expect(badge(page)).toHaveText("Active");

    await page.goto((await callback).url());
    await expect(page.getByRole("heading", { name: "This consent cannot be used" })).toBeVisible();
    expect(page.url()).not.toMatch(/code=|state=/);
    await openIntegration(page, graph);
    await expect(badge(page)).toHaveText("Active");
  });

  test("is worth nothing in another user's browser, and still works in one's own", async ({
    page,
    product,
    service,
    otherBrowser,
    admin: _,
  }) => {
    const graph = await makeGraph(product, service);
    await openIntegration(page, graph);
    const callbackUrl = await consentElsewhere(page, "ada@contoso.example");

    const other = await otherBrowser("platform_admin");
    await other.page.goto(callbackUrl);
    await expect(other.page.getByRole("heading", { name: "This consent cannot be used" })).toBeVisible();
    const signedOut = await otherBrowser();
    await signedOut.page.goto(callbackUrl);
    await expect(signedOut.page.getByRole("heading", { name: "You are signed out" })).toBeVisible();

    await page.goto(callbackUrl);
    await expect(badge(page)).toHaveText("Active");
  });

  test("without a state says what to do", async ({ page, admin: _ }) => {
    await page.goto("/oauth/callback/nothing");
    await expect(
      page.getByRole("heading", { name: "This page was opened without a connection under way" }),
    ).toBeVisible();
    await page.getByRole("link", { name: "Go to Integrations" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
  });

  test("completes when page and callback were opened under 127.0.0.1", async ({
    page,
    product,
    service,
    admin: _,
  }) => {
    const graph = await makeGraph(product, service);
    const underAddress = (url: string) => url.replace("//localhost:", "//127.0.0.1:");
    await page.goto(underAddress(`${product.url}/settings/integrations/${graph.id}`));
    await expect(page).toHaveURL(`${product.url}/settings/integrations/${graph.id}`);
    const callbackUrl = await consentElsewhere(page, "ada@contoso.example");
    await page.goto(underAddress(callbackUrl));
    await expect(page).toHaveURL(`${product.url}/settings/integrations/${graph.id}`);
    await expect(badge(page)).toHaveText("Active");
  });
});

test("a second tab shows Waiting for consent, and Active by itself", async ({
  page,
  context,
  product,
  service,
  admin: _,
}) => {
  const graph = await makeGraph(product, service);
  await openIntegration(page, graph);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Pick an account" })).toBeVisible();

  const second = await context.newPage();
  await openIntegration(second, graph);
  await expect(badge(second)).toHaveText("Waiting for consent");

  await pickAccount(page, "ada@contoso.example");
  await page.getByRole("button", { name: "Allow" }).click();
  await expect(badge(page)).toHaveText("Active");
  await expect(badge(second)).toHaveText("Active");
  await expect(second.getByText("Connected as ada@contoso.example")).toBeVisible();
});

test.describe("an integration that is connected", () => {
  test("keeps the tokens of before when a reconnect fails", async ({ page, product, service, admin: _ }) => {
    const graph = await makeGraph(product, service);
    await openIntegration(page, graph);
    await connect(page);
    await expect(badge(page)).toHaveText("Active");

    await page.getByRole("button", { name: "Reconnect", exact: true }).click();
    await pickAccount(page, "ada@contoso.example");
    await page.getByRole("button", { name: "Cancel" }).click();
    await expect(page.getByText(FAILED)).toBeVisible();
    await expect(page.getByText("Until then the tokens of before go on working.")).toBeVisible();
    await expect(badge(page)).toHaveText("Active");

    await connect(page, "ada@contoso.example", "Reconnect");
    await expect(page.getByText(FAILED)).toBeHidden();
    await expect(badge(page)).toHaveText("Active");
  });

  test("holds a consent by another account until somebody chooses", async ({
    page,
    product,
    service,
    admin: _,
  }) => {
    const graph = await makeGraph(product, service);
    await openIntegration(page, graph);
    await connect(page);
    await expect(page.getByText("Connected as ada@contoso.example")).toBeVisible();

    await connect(page, "grace@contoso.example", "Reconnect");
    await expect(page.getByText("This consent is by another account")).toBeVisible();
    await expect(page.getByText("Connected as ada@contoso.example")).toBeVisible();
    await expect(page.getByText("grace@contoso.example")).toBeVisible();
    await page.getByRole("button", { name: "Keep the previous" }).click();
    await expect(page.getByText("This consent is by another account")).toBeHidden();
    await expect(page.getByText("Connected as ada@contoso.example")).toBeVisible();

    await connect(page, "grace@contoso.example", "Reconnect");
    await page.getByRole("button", { name: "Use the new account" }).click();
    await expect(page.getByText("Connected as grace@contoso.example")).toBeVisible();
    await expect(page.getByText("This consent is by another account")).toBeHidden();
    await expect(badge(page)).toHaveText("Active");
  });

  test("is taken away by a save only once the name is typed, with a count of what goes", async ({
    page,
    product,
    service,
    admin: _,
  }) => {
    const graph = await makeGraph(product, service);
    await openIntegration(page, graph);
    const flow = page.getByLabel("OAuth Flow Type", { exact: true });
    const save = page.getByRole("button", { name: "Save", exact: true });
    await connect(page);
    await expect(badge(page)).toHaveText("Active");

    await page.getByLabel("Token URL", { exact: true }).fill("https://login.example.com/token");
    await page.getByRole("button", { name: "Replace Client Secret" }).click();
    await page.getByLabel("Client Secret", { exact: true }).fill("a-secret");
    await expect(page.getByText("Saving will ask for a new consent")).toBeVisible();
    await expect(page.getByText("1 connection has to be made again.")).toBeVisible();
    await page.getByRole("button", { name: "Discard changes" }).click();

    await flow.selectOption("No OAuth");
    await expect(page.getByText("Saving removes OAuth from this integration")).toBeVisible();
    await expect(page.getByText(/1 connection with its stored tokens are deleted/)).toBeVisible();
    await save.click();
    const question = page.getByRole("dialog", { name: `Remove OAuth from ${graph.name}` });
    await expect(question).toContainText("1 connection with its stored tokens");
    await expectAccessible(page);
    await question.getByRole("button", { name: "Cancel" }).click();
    await page.reload();
    await expect(badge(page)).toHaveText("Active");

    await flow.selectOption("No OAuth");
    await save.click();
    await question.getByRole("textbox").fill(graph.name);
    await question.getByRole("button", { name: "Remove OAuth" }).click();
    await expect(page.getByText("Saved", { exact: true })).toBeVisible();
    await expect(badge(page)).toHaveText("Configured");
  });

  test("is disconnected after a question: revoked at the service, and forgotten here", async ({
    page,
    product,
    service,
    admin: _,
  }) => {
    const graph = await makeGraph(product, service);
    await openIntegration(page, graph);
    await connect(page);
    await expect(badge(page)).toHaveText("Active");
    const before = service.oauth.log.length;

    await chooseAction(page, "Disconnect");
    const question = page.getByRole("alertdialog", { name: `Disconnect ${graph.name}?` });
    await expect(question).toContainText("The tokens are revoked at");
    await question.getByRole("button", { name: "Disconnect" }).click();
    await expect(badge(page)).toHaveText("Not connected");
    await expect(page.getByRole("button", { name: "Connect", exact: true })).toBeVisible();
    await expect(page.getByRole("button", { name: "Test connection" })).toBeHidden();
    const revoked = service.oauth.log.slice(before).filter(({ path }) => path.endsWith("/revoke"));
    expect(revoked.map(({ status }) => status)).toContain(200);
  });
});

/** Starts Connect here and consents in a browser of its own; gives the callback URL, not opened yet. */
async function consentElsewhere(page: Page, email: string): Promise<string> {
  const asked = page.waitForRequest((request) => request.url().includes("/oauth2/v2.0/authorize"), {
    timeout: 0,
  });
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  const authorizationUrl = (await asked).url();
  await expect(page.getByRole("heading", { name: "Pick an account" })).toBeVisible();
  return (await consentAt(authorizationUrl, { email })).href;
}
