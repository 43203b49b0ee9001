import { badge, signInAtService } from "./fixtures/integration-screen";
import { photograph } from "./fixtures/screenshots";
import { runInEmptyFolder } from "./fixtures/script-folder";
import { expect, test } from "./fixtures/test";
import { copyBlock, createApiKey } from "./fixtures/use-it-panel";

test.use({
  productOptions: { name: "story-from-empty" },
  permissions: ["clipboard-read", "clipboard-write"],
});

test("an empty start leads, with every field typed, to a script that prints the users of a service", async ({
  page,
  product,
  service,
}) => {
  const client = { clientId: "5c1f9a52-0000-4b7e-9d0a-typed", clientSecret: "canary-typed-client-secret" };

  await test.step("the printed link makes the first admin", async () => {
    expect(product.setupUrl).toContain(`${product.url}/setup/`);
    await page.goto(product.setupUrl ?? "");
    await page.getByLabel("Name", { exact: true }).fill("Ines Admin");
    await page.getByLabel("Email", { exact: true }).fill("ines@provider.example");
    await page.getByLabel("Password", { exact: true }).fill("four words in a row");
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();
  });

  await test.step("Settings → Integrations → Create Integration", async () => {
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Integrations" }).click();
    await expect(page.getByText("No integrations yet")).toBeVisible();
    await page.getByRole("link", { name: "Create Integration" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Create Integration" })).toBeVisible();
  });

  await test.step("every field of the seeds is typed", async () => {
    await page.getByLabel("Organization", { exact: true }).selectOption("Global");
    await page.getByLabel("Name", { exact: true }).fill("Microsoft_Graph");
    await page.getByLabel("Description", { exact: true }).fill("Microsoft Graph API connection");
    await page.getByLabel("Default Entity ID", { exact: true }).fill("common");
    // The Redirect URI is there before saving, as soon as the name is.
    await expect(page.getByLabel("Redirect URI", { exact: true })).toHaveValue(
      `${product.url}/oauth/callback/Microsoft_Graph`,
    );
    await page.getByLabel("OAuth Flow Type").selectOption("Authorization Code (Interactive)");
    await page.getByLabel("Client ID", { exact: true }).fill(client.clientId);
    await page.getByLabel("Client Secret", { exact: true }).fill(client.clientSecret);
    await page
      .getByLabel("Authorization URL", { exact: true })
      .fill(service.oauth.url("authorization", "{entity_id}"));
    await page.getByLabel("Token URL", { exact: true }).fill(service.oauth.url("token", "{entity_id}"));
    await page.getByLabel("Scopes", { exact: true }).fill("offline_access Directory.Read.All");
    await photograph(page, "create-integration");
    await page.getByText("Advanced", { exact: true }).click();
    await page.getByLabel("Test URL", { exact: true }).fill(`${service.usersApi.origin}/v1.0/users`);
    await page.getByLabel("API hosts", { exact: true }).fill(new URL(service.usersApi.origin).host);
    await page.getByLabel("Identity URL", { exact: true }).fill(`${service.usersApi.origin}/v1.0/me`);
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Microsoft_Graph" })).toBeVisible();
    await expect(badge(page)).toHaveText("Not connected");
  });

  await test.step("the Redirect URI at the top is copied and registered at the service", async () => {
    const redirectUri = await copyBlock(page, "Redirect URI");
    expect(redirectUri).toBe(`${product.url}/oauth/callback/Microsoft_Graph`);
    await expect(page.getByLabel("Redirect URI", { exact: true })).toHaveValue(redirectUri);
    await service.oauth.addClient({ ...client, clientName: "Bifrost Demo", redirectUris: [redirectUri] });
    await photograph(page, "redirect-uri");
  });

  await test.step("Connect, sign in at the service, Allow, and back: Active", async () => {
    await page.getByRole("button", { name: "Connect", exact: true }).click();
    await signInAtService(page, "ada@contoso.example");
    await expect(page.getByRole("listitem")).toHaveText(["offline_access", "Directory.Read.All"]);
    await photograph(page, "consent");
    await page.getByRole("button", { name: "Allow" }).click();
    await expect(badge(page)).toHaveText("Active");
    expect(page.url()).toMatch(/\/settings\/integrations\/[0-9a-f-]{36}$/);
    await expect(page.getByText("Connected as ada@contoso.example")).toBeVisible();
    await photograph(page, "active");
  });

  await test.step("Test connection shows the two users", async () => {
    await page.getByRole("button", { name: "Test connection" }).click();
    const answer = page.getByRole("region", { name: "start of the answer" });
    await expect(answer).toContainText("ada@contoso.example");
    await expect(answer).toContainText("grace@contoso.example");
    await photograph(page, "test-connection");
  });

  await test.step("Use it: the copied TypeScript prints the users in an empty folder", async () => {
    const key = await createApiKey(page);
    const setup = await copyBlock(page, "TypeScript setup");
    const script = await copyBlock(page, "TypeScript script");
    await page.getByRole("heading", { name: "Use it" }).scrollIntoViewIfNeeded();
    await photograph(page, "use-it");
    expect(setup).toContain(key);
    const printed = await runInEmptyFolder(setup, script);
    expect(mailsIn(JSON.parse(printed))).toEqual(["ada@contoso.example", "grace@contoso.example"]);
  });

  await test.step("curl's two requests give the same users", async () => {
    const key = await page.getByRole("textbox", { name: "API key" }).inputValue();
    await page.getByText("curl", { exact: true }).click();
    await expect(page.getByRole("region", { name: "curl script" })).toContainText(
      "$BIFROST_URL/api/v1/integrations/Microsoft_Graph",
    );
    const asked = await fetch(`${product.url}/api/v1/integrations/Microsoft_Graph`, bearer(key));
    const { oauth } = (await asked.json()) as { oauth: { access_token: string } };
    const users = await fetch(`${service.usersApi.origin}/v1.0/users`, bearer(oauth.access_token));
    expect(mailsIn(await users.json())).toEqual(["ada@contoso.example", "grace@contoso.example"]);
  });
});

function bearer(token: string): RequestInit {
  return { headers: { authorization: `Bearer ${token}` } };
}

function mailsIn(answer: unknown): string[] {
  return (answer as { value: { mail: string }[] }).value.map(({ mail }) => mail);
}
