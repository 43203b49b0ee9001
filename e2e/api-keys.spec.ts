import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { createApiKey } from "@/lib/api-keys/create-api-key";
import { expectAccessible } from "./fixtures/accessibility";
import { badge, connect, openIntegration } from "./fixtures/integration-screen";
import { makeGraph } from "./fixtures/services";
import { expect, test } from "./fixtures/test";

async function createKey(page: Page, name: string, permission?: string): Promise<string> {
  await page.goto("/settings/api-keys");
  await page.getByRole("link", { name: "Create API key" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  if (permission) await page.getByRole("checkbox", { name: permission }).check();
  await page.getByRole("button", { name: "Create API key" }).click();
  await expect(page.getByText(`${name} is created`)).toBeVisible();
  return page.getByRole("textbox", { name: "API key" }).inputValue();
}

function ask(origin: string, name: string, key: string): Promise<Response> {
  return fetch(`${origin}/api/v1/integrations/${name}`, { headers: { authorization: `Bearer ${key}` } });
}

test("a key is shown once, works, and is refused from the moment it is revoked", async ({
  page,
  product,
  service,
  admin: _,
}) => {
  const graph = await makeGraph(product, service);
  await openIntegration(page, graph);
  await connect(page);
  await expect(badge(page)).toHaveText("Active");

  const name = `Nightly ${randomUUID().slice(0, 6)}`;
  const key = await createKey(page, name, "credentials:read");
  const given = await ask(product.url, graph.name, key);
  expect(given.status).toBe(200);
  const { oauth } = (await given.json()) as { oauth: { access_token: string; status: string } };
  expect(oauth).toMatchObject({ status: "active", access_token: expect.any(String) as unknown });

  await page.getByRole("link", { name: "Done" }).click();
  const row = page.getByRole("rowgroup").filter({ hasText: name });
  await expect(row).toContainText("credentials:read");
  expect(await page.content()).not.toContain(key);
  await page.goBack();
  expect(await page.content()).not.toContain(key);
  await page.goto("/settings/api-keys");
  await expect(row).toContainText("just now");

  await page.getByRole("button", { name: `Revoke ${name}` }).click();
  const question = page.getByRole("dialog", { name: `Revoke ${name}` });
  await expect(question).toContainText("This cannot be undone");
  await expectAccessible(page);
  await question.getByRole("button", { name: "Revoke" }).click();
  await expect(question).toContainText(`Type ${name} exactly`);
  await question.getByLabel(`Type ${name} to confirm`).fill(name);
  await question.getByRole("button", { name: "Revoke" }).click();
  await expect(row).toContainText("Revoked");
  const refused = await ask(product.url, graph.name, key);
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({ code: "unauthenticated" });
});

test("a key that may only read gets no token", async ({ page, product, service, admin: _ }) => {
  const graph = await makeGraph(product, service);
  await openIntegration(page, graph);
  await connect(page);
  await expect(badge(page)).toHaveText("Active");
  const key = await createKey(page, `Reader ${randomUUID().slice(0, 6)}`);
  const answer = await (await ask(product.url, graph.name, key)).json();
  expect(answer).toMatchObject({ oauth: { access_token: null, client_secret: null, refresh_token: null } });
});

test("a key without a name is refused beside the field, with what was chosen kept", async ({
  page,
  admin: _,
}) => {
  await page.goto("/settings/api-keys/new");
  await page.getByRole("checkbox", { name: "mappings:write" }).check();
  await page.getByRole("button", { name: "Create API key" }).click();
  await expect(page.getByLabel("Name", { exact: true })).toHaveAccessibleDescription(/Enter a name/);
  await expect(page.getByRole("checkbox", { name: "mappings:write" })).toBeChecked();
});

test("a key whose name holds blanks that look like one can be revoked by typing it as it is shown", async ({
  page,
  product,
  admin: _,
}) => {
  const mark = randomUUID().slice(0, 6);
  const name = `Nightly  job\u00a0of\n${mark}`;
  await createApiKey(product.operator, { name, permissions: ["integrations:read"] });
  await page.goto("/settings/api-keys");
  const row = page.getByRole("rowgroup").filter({ hasText: mark });
  await row.getByRole("button", { name: /^Revoke/ }).click();
  const question = page.getByRole("dialog", { name: /^Revoke/ });
  await question.getByRole("textbox").fill(`Nightly job of ${mark}`);
  await question.getByRole("button", { name: "Revoke" }).click();
  await expect(row).toContainText("Revoked");
});
