import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { Webhook } from "standardwebhooks";
import { seal } from "@/lib/crypto/seal";
import { uuidv7 } from "@/lib/db/id";
import { chooseAction } from "./fixtures/integration-screen";
import { look, openScreen } from "./fixtures/look";
import type { Product } from "./fixtures/product";
import { makeFaulty, type FaultyService } from "./fixtures/services";
import { expect, test } from "./fixtures/test";

const PATH = "/hook";

/** What the receiver got, checked as a receiver would. */
function received(
  { requests }: FaultyService,
  secret: string,
): { type: string; data: Record<string, unknown> }[] {
  return requests
    .filter(({ path }) => path === PATH)
    .map(({ body, headers }) => new Webhook(secret).verify(body, headers as Record<string, string>)) as {
    type: string;
    data: Record<string, unknown>;
  }[];
}

async function createWebhook(page: Page, name: string, url: string): Promise<string> {
  await openScreen(page, "/settings/webhooks", "Webhooks");
  await page.getByRole("link", { name: "Create webhook" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("URL", { exact: true }).fill(url);
  await page.getByRole("button", { name: "Create webhook" }).click();
  await expect(page.getByRole("heading", { name: `${name} is created` })).toBeVisible();
  return page.getByRole("textbox", { name: "Signing secret" }).inputValue();
}

/** A connection that works, of an integration of its own. */
async function makeConnection({ operator }: Product, integrationId: string): Promise<string> {
  const id = uuidv7();
  const place = { table: "Connection", id, field: "accessToken" };
  await operator.db.prisma.connection.create({
    data: {
      id,
      integrationId,
      grantId: uuidv7(),
      status: "active",
      accessToken: seal(operator.keyring, place, randomUUID()),
      expiresAt: new Date(Date.now() + 3_600_000),
    },
  });
  return id;
}

test("a webhook is created, tested, told of a connection that breaks, and sent again what it missed", async ({
  page,
  product,
  faulty,
  admin: _,
}) => {
  const name = `On call ${randomUUID().slice(0, 6)}`;
  faulty.always(PATH, { status: 200, body: "thanks" });
  const secret = await createWebhook(page, name, faulty.url(PATH));
  expect(secret).toMatch(/^whsec_/);
  await page.getByRole("link", { name: "Go to the webhook" }).click();
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByText("Nothing sent yet")).toBeVisible();
  expect(await page.content()).not.toContain(secret);

  await page.getByRole("button", { name: "Send test event" }).click();
  const log = page.getByRole("table", { name: "Deliveries" });
  await expect(log.getByRole("rowgroup").nth(1)).toContainText("Delivered");
  await expect(log).toContainText("thanks");
  expect(received(faulty, secret)).toMatchObject([{ type: "webhook.test" }]);

  faulty.always(PATH, { status: 503, body: "down for maintenance" });
  const broken = await makeFaulty(product, faulty);
  const connectionId = await makeConnection(product, broken.id);
  await product.operator.db.prisma.connection.update({
    where: { id: connectionId },
    data: { status: "reconnect_required", errorCode: "invalid_grant", errorMessage: "Revoked by <Ada>." },
  });
  await expect.poll(() => received(faulty, secret).length, { timeout: 30_000 }).toBeGreaterThan(1);
  await page.reload();
  const row = log.getByRole("rowgroup").filter({ hasText: broken.name });
  await expect(row).toContainText("down for maintenance");
  await expect(page.getByText("Nothing was delivered of late")).toBeVisible();
  await look(page, "webhook whose receiver is down");

  // The second try comes by itself after five seconds, and must not meet the one by hand.
  await expect(row).toContainText("1 earlier try", { timeout: 20_000 });
  faulty.always(PATH, { status: 204 });
  await row.getByRole("button", { name: `Redeliver connection.reconnect_required ${broken.name}` }).click();
  await expect(row).toContainText("Delivered");
  await expect(row).toContainText("HTTP 204");
  const told = received(faulty, secret);
  expect(told.at(-1)).toMatchObject({
    type: "connection.reconnect_required",
    data: {
      integration_name: broken.name,
      connection_id: connectionId,
      error: { code: "invalid_grant", message: "Revoked by <Ada>." },
      url: `${product.url}/settings/integrations/${broken.id}`,
    },
  });
  const ids = faulty.requests.filter(({ path }) => path === PATH).map(({ headers }) => headers["webhook-id"]);
  expect(new Set(ids).size).toBe(2);

  await chooseAction(page, "Rotate signing secret");
  await page.getByRole("button", { name: "Rotate", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Copy the new signing secret now" });
  const next = await dialog.getByRole("textbox", { name: "Signing secret" }).inputValue();
  await dialog.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Send test event" }).click();
  await expect(log.getByRole("rowgroup")).toHaveCount(4);
  const last = faulty.requests.at(-1);
  for (const one of [secret, next]) {
    new Webhook(one).verify(last?.body ?? "", last?.headers as Record<string, string>);
  }

  await chooseAction(page, "Disable");
  await expect(page.getByText("This webhook is disabled")).toBeVisible();
  await openScreen(page, "/settings/webhooks", "Webhooks");
  await expect(page.getByRole("rowgroup").filter({ hasText: name })).toContainText("Disabled");
  await look(page, "list of webhooks");
  await page.getByRole("link", { name }).click();
  await chooseAction(page, "Delete webhook");
  await page.getByLabel(`Type ${name} to confirm`).fill(name);
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.waitForURL("**/settings/webhooks");
  await expect(page.getByRole("link", { name })).toHaveCount(0);
});

test("a webhook is for platform admins: others read who can help", async ({ otherBrowser }) => {
  const { page } = await otherBrowser("technician");
  await expect(page.getByRole("link", { name: "Webhooks" })).toHaveCount(0);
  await openScreen(page, "/settings/webhooks", "Webhooks");
  await expect(page.getByText("Your role does not manage webhooks")).toBeVisible();
  await page.goto("/settings/webhooks/new");
  await page.waitForURL("**/settings/webhooks");
});
