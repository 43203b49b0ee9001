import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generateKeyringText, parseKeyring } from "@/lib/crypto/keyring";
import { seal } from "@/lib/crypto/seal";
import type { Database } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import { openTestDatabase } from "@/test/database";
import { seedOrganization, seedUser, testContext } from "@/test/context";
import { seedConnection, seedIntegration, seedMapping, seedValue } from "@/test/integrations";
import { describeUnopened } from "./describe-unopened";
import { findUnopenedRecords } from "./find-unopened-records";
import { SEALED_COLUMNS } from "./sealed-columns";

let db: Database;
const { keyring } = testContext({} as Database);
const lost = parseKeyring(generateKeyringText().replace("k1:", "lost:"));
const other = parseKeyring(generateKeyringText());

beforeAll(async () => {
  db = await openTestDatabase();
  await seedAll();
});
afterAll(() => db.close());

describe("the records that the keys do not open", () => {
  test("are none where the keys open everything", async () => {
    expect(await findUnopenedRecords({ db, keyring })).toEqual({ found: [], isComplete: true });
  });

  test("are told by column, key and name when a key is not in the list any more", async () => {
    const { found } = await findUnopenedRecords({ db, keyring: lost });
    const told = found.map(({ table, column, keyId, reason, count, names }) => ({
      [`${table}.${column}`]: [keyId, reason, count, ...names],
    }));
    expect(told).toEqual(
      expect.arrayContaining([
        { "OAuthClient.clientSecret": ["k1", "missing", 1, "Graph"] },
        { "Connection.accessToken": ["k1", "missing", 2, "Graph", "Graph for Contoso"] },
        { "Connection.refreshToken": ["k1", "missing", 2, "Graph", "Graph for Contoso"] },
        { "Connection.extra": ["k1", "missing", 2, "Graph", "Graph for Contoso"] },
        {
          "ConfigValue.sealed": [
            "k1",
            "missing",
            2,
            "Erp of Contoso (api_key)",
            "Graph for Contoso (api_key)",
          ],
        },
        { "WebhookEndpoint.url": ["k1", "missing", 1, "Alerts"] },
      ]),
    );
    expect(told).toHaveLength(6);
    expect(describeUnopened(found)).toContain(
      'Connection.refreshToken: 2 sealed with "k1", which is not in the list (Graph, Graph for Contoso)',
    );
  });

  test("are told when the list has another key by that id", async () => {
    const { found } = await findUnopenedRecords({ db, keyring: other });
    expect(found).toHaveLength(6);
    expect(found).toContainEqual({
      table: "Connection",
      column: "refreshToken",
      keyId: "k1",
      reason: "other",
      count: 2,
      names: ["Graph", "Graph for Contoso"],
    });
  });

  test("are counted over all batches, and a few of them are named", async () => {
    const { id } = await seedIntegration(db, { name: "Many" });
    const user = await seedUser(db, "platform_admin");
    await db.pool.query(
      `INSERT INTO "Handshake" ("id", "stateHash", "userId", "sid", "integrationId", "slug", "redirectUri", "codeVerifier", "expiresAt")
       SELECT md5('h' || n)::uuid, sha256(n::text::bytea), $1::uuid, $2::uuid, $3::uuid, 'many', 'https://x.example.com',
         'v1.gone.' || repeat('x', 40), now() FROM generate_series(1, 25000) n`,
      [user.id, user.sid, id],
    );
    const { found } = await findUnopenedRecords({ db, keyring });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ table: "Handshake", keyId: "gone", count: 25_000 });
    expect(found[0]?.names).toEqual(Array.from({ length: 10 }, () => "Many"));
    expect(describeUnopened(found)).toMatch(/, 24990 more\)$/);
  });

  test("are not looked for any longer than wished", async () => {
    const search = await findUnopenedRecords({ db, keyring: lost }, { shouldStop: () => true });
    expect(search).toEqual({ found: [], isComplete: false });
  });
});

test("every table that is sealed into is looked at", () => {
  const lib = resolve(import.meta.dirname, "..");
  const files = readdirSync(lib, { recursive: true, encoding: "utf8" });
  const sealing = files.filter((file) => file.endsWith(".ts") && !/\.test\.ts$|generated/.test(file));
  const tables = sealing.flatMap((file) =>
    [...readFileSync(join(lib, file), "utf8").matchAll(/\{ table: "(\w+)", id\b/g)].map(([, table]) => table),
  );
  // The installation's own text is judged apart: lib/auth/installation.ts.
  const known = ["Installation", ...SEALED_COLUMNS.map(({ table }) => table)];
  expect([...new Set(tables)].sort()).toEqual(known.sort());
});

async function seedAll(): Promise<void> {
  const contoso = await seedOrganization(db, "Contoso");
  const graph = await seedIntegration(db, { name: "Graph", oauth: {} });
  const erp = await seedIntegration(db, { name: "Erp", organizationId: contoso.id });
  await seedConnection(db, graph.id, {});
  const mapping = await seedMapping(db, graph.id, contoso.id);
  await seedConnection(db, graph.id, { mappingId: mapping.id });
  await seedValue(db, erp.id, { key: "api_key", type: "secret", secret: "s" });
  await seedValue(db, graph.id, { key: "api_key", type: "secret", secret: "s", mappingId: mapping.id });
  await seedValue(db, graph.id, { key: "region", value: "eu" });
  const id = uuidv7();
  await db.prisma.webhookEndpoint.create({
    data: {
      id,
      name: "Alerts",
      format: "slack",
      events: [],
      url: seal(keyring, { table: "WebhookEndpoint", id, field: "url" }, "https://hooks.example.com/x"),
      urlHint: "hooks.example.com",
    },
  });
}
