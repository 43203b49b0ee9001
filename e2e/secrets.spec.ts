import { randomUUID } from "node:crypto";
import type { Database } from "@/lib/db/client";
import { createWebhook } from "@/lib/webhooks/create-webhook";
import { badge, connect, openIntegration } from "./fixtures/integration-screen";
import { makePerson, setPassword } from "./fixtures/people";
import { makeFaulty, makeGraph } from "./fixtures/services";
import { expect, test } from "./fixtures/test";
import { createApiKey } from "./fixtures/use-it-panel";

test("after a story nothing secret stands in plain text in the database, nor in what the server printed", async ({
  page,
  product,
  service,
  faulty,
}) => {
  const password = `canary-password-${randomUUID()}`;
  const person = await makePerson(product);
  await setPassword(product, person, password);
  await page.goto("/sign-in");
  await page.getByLabel("Email", { exact: true }).fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Integrations" })).toBeVisible();

  // A service whose tokens are known, to look for them by their very words.
  const tokens = {
    access_token: `canary-access-${randomUUID()}`,
    refresh_token: `canary-refresh-${randomUUID()}`,
  };
  const code = `canary-code-${randomUUID()}`;
  faulty.always("/token", { body: { ...tokens, token_type: "Bearer", expires_in: 3600 } });
  faulty.always("/authorize", ({ query }) => {
    const back = new URL(query.get("redirect_uri") ?? "");
    back.search = new URLSearchParams({ code, state: query.get("state") ?? "" }).toString();
    return { status: 302, headers: { location: back.href } };
  });
  const known = await makeFaulty(product, faulty);
  await openIntegration(page, known);
  const callback = page.waitForRequest((request) => request.url().includes("/oauth/callback/"), {
    timeout: 0,
  });
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(badge(page)).toHaveText("Active");
  const state = new URL((await callback).url()).searchParams.get("state") ?? "";
  const exchange = faulty.requests.find(({ path }) => path === "/token");
  const verifier = String(exchange?.params["code_verifier"]);
  const secret = String(exchange?.params["client_secret"]);
  const key = await createApiKey(page);
  const headers = { authorization: `Bearer ${key}` };
  const asked = await fetch(`${product.url}/api/v1/integrations/${known.name}`, { headers });
  expect(await asked.json()).toMatchObject({ oauth: { access_token: tokens.access_token } });

  // A refusal that quotes the secret, which services do.
  faulty.enqueue("/token", {
    status: 401,
    body: { error: "invalid_client", error_description: `no: ${secret}` },
  });
  await page.getByRole("button", { name: "Reconnect", exact: true }).click();
  await expect(page.getByText("invalid_client")).toBeVisible();
  const retried = faulty.requests.findLast(({ path }) => path === "/token");

  const graph = await makeGraph(product, service);
  await openIntegration(page, graph);
  await connect(page);
  await expect(badge(page)).toHaveText("Active");
  await page.getByRole("button", { name: "Test connection" }).click();
  await expect(page.getByRole("region", { name: "start of the answer" })).toContainText(
    "grace@contoso.example",
  );

  const hookPath = `/canary-webhook-${randomUUID()}`;
  faulty.always(hookPath, ({ headers }) => ({
    status: 500,
    body: `no: ${hookPath} ${JSON.stringify(headers)}`,
  }));
  const webhook = await createWebhook(product.operator, {
    name: `Canary ${randomUUID()}`,
    format: "standard",
    url: faulty.url(hookPath),
    events: ["connection.recovered"],
  });
  await page.goto(`/settings/webhooks/${webhook.id}`);
  await page.getByRole("button", { name: "Send test event" }).click();
  await expect(page.getByRole("table", { name: "Deliveries" })).toContainText("HTTP 500");

  const secrets = {
    password,
    ...tokens,
    code,
    state,
    verifier,
    retriedVerifier: String(retried?.params["code_verifier"]),
    secret,
    key,
    graphSecret: graph.application.clientSecret,
    hookPath,
    webhookSecret: webhook.secret?.replace("whsec_", "") ?? "",
  };
  const places = {
    "the database": await dump(product.operator.db),
    "what the server printed": product.printed(),
    "the page": await page.content(),
  };
  expect(places["the database"]).toContain(known.name);
  for (const [place, text] of Object.entries(places)) {
    for (const [name, value] of Object.entries(secrets)) {
      expect(value.length, name).toBeGreaterThan(20);
      for (const spelling of [
        value,
        Buffer.from(value).toString("base64"),
        Buffer.from(value).toString("hex"),
      ]) {
        expect(text.includes(spelling), `${name} in ${place}`).toBe(false);
      }
    }
  }
});

/** Every row of every table, as text. */
async function dump({ pool }: Database): Promise<string> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  const parts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await pool.query<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t`);
    parts.push(name, ...rows.map(({ row }) => row));
  }
  return parts.join("\n");
}
