import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ctx } from "@/lib/auth/context";
import { AppError } from "@/lib/errors";
import { definitions } from "@/test/definitions";
import { seedOrganization, seedProvider, seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedConnection, seedIntegration, seedMapping, seedValue } from "@/test/integrations";
import { exportIntegration } from "./export-integration";
import { importIntegration } from "./import-integration";
import { previewImport } from "./preview-import";
import { readDefinition } from "./read-definition";
import { writeDefinition } from "./write-definition";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let other: Awaited<ReturnType<typeof openTestDatabase>>;
let ctx: Ctx;

beforeAll(async () => {
  [db, other] = await Promise.all([openTestDatabase(), openTestDatabase()]);
  ctx = testContext(db);
  await seedProvider(db);
});
afterAll(async () => {
  await Promise.all([db.close(), other.close()]);
});

const HALO = `bifrost: integration/v1
name: HaloPSA
description: The service desk
default_entity_id: eu
test_url: https://{entity_id}.halo.example.com/me
oauth:
  flow_type: client_credentials
  client_id: client-1
  token_url: https://{subdomain}.halo.example.com/token
  scopes: [all]
config_schema:
  - {key: subdomain, type: string, required: true, default: eu}
  - {key: timeout, type: int, default: 30}
  - {key: api_key, type: secret, required: true}
`;
const named = (name: string, text = HALO) => text.replace("name: HaloPSA", `name: ${name}`);

async function apply(
  text: string,
  { acceptsDrops = false, ...rest }: { acceptsDrops?: boolean; organizationId?: string } = {},
) {
  const { version, drops } = await previewImport(ctx, { text, ...rest });
  const acceptDrops = acceptsDrops ? drops : [];
  return importIntegration(ctx, { text, expectedVersion: version, acceptDrops, ...rest });
}

async function refusal(work: Promise<unknown>): Promise<{ code: string; message: string; paths: string[] }> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw error ?? new Error("It was not refused.");
  return { code: error.code, message: error.message, paths: error.errors.map(({ path }) => path) };
}

/** Everything that an import could have touched. */
async function everything(): Promise<string> {
  const { prisma } = db;
  const rows = await Promise.all([
    prisma.integration.findMany({ orderBy: { id: "asc" } }),
    prisma.oAuthClient.findMany({ orderBy: { id: "asc" } }),
    prisma.configField.findMany({ orderBy: { id: "asc" } }),
    prisma.configValue.findMany({ orderBy: { id: "asc" } }),
    prisma.connection.findMany({ orderBy: { id: "asc" } }),
    prisma.callbackSlug.count(),
    prisma.auditEvent.count(),
  ]);
  return JSON.stringify(rows);
}

describe("export and import", () => {
  it("round trip: what an empty installation imported, it exports unchanged, and importing that again changes nothing", async () => {
    const there = testContext(other);
    await fc.assert(
      fc.asyncProperty(definitions, async (generated) => {
        const definition = { ...generated, name: `I${randomUUID()}` };
        const first = await apply(writeDefinition(definition));
        const { text } = await exportIntegration(ctx, { integrationId: first.id });
        const second = await importIntegration(there, { text, expectedVersion: null });
        expect((await exportIntegration(there, { integrationId: second.id })).text).toBe(text);
        expect(await previewImport(there, { text })).toMatchObject({ act: "none", changes: [], drops: [] });
        expect(readDefinition(text).definition).toEqual(definition);
      }),
      { numRuns: 20 },
    );
  }, 300_000);

  it("an export holds no secret, token, mapping or connection, and is recorded", async () => {
    const { id } = await seedIntegration(db, { name: "Canary", oauth: { clientSecret: "canary-client" } });
    await seedValue(db, id, { key: "api_key", type: "secret", secret: "canary-default" });
    const organization = await seedOrganization(db, "canary-organization");
    const mapping = await seedMapping(db, id, organization.id, { entityId: "canary-entity" });
    await seedValue(db, id, { key: "region", value: "canary-override", mappingId: mapping.id });
    await seedConnection(db, id, { accessToken: "canary-token" });
    const { text } = await exportIntegration(ctx, { integrationId: id });
    expect(text).toContain("key: api_key");
    expect(text).not.toContain("canary-");
    expect(text).not.toContain(organization.id);
    expect(await db.prisma.auditEvent.count({ where: { action: "integration.export", targetId: id } })).toBe(
      1,
    );
  });
});

describe("a preview", () => {
  it("of a new integration says what comes and what is left to do by hand, and stores nothing", async () => {
    const before = await everything();
    const preview = await previewImport(ctx, { text: named("Fresh") });
    expect(preview).toMatchObject({
      act: "create",
      version: null,
      name: "Fresh",
      organization: null,
      drops: [],
    });
    expect(preview.changes).toContainEqual({
      path: "config_schema.subdomain",
      before: null,
      after: "string, required",
    });
    expect(preview.byHand).toEqual([
      "Enter the Client Secret.",
      "Enter the default of the secret field api_key, or one for each organization.",
    ]);
    expect(await everything()).toBe(before);
  });

  it("of an existing one says each field before and after, what becomes of values, and that the secret goes", async () => {
    const { id } = await apply(named("Moves"));
    await db.prisma.oAuthClient.update({ where: { integrationId: id }, data: { clientSecret: "sealed" } });
    const text = named("Moves")
      .replace("default: eu", "default: us")
      .replace("type: int, default: 30", "type: string, default: '31'");
    const before = await everything();
    const preview = await previewImport(ctx, { text });
    expect(preview.act).toBe("update");
    expect(preview.changes).toEqual([
      { path: "config_schema.subdomain.default", before: "eu", after: "us" },
      { path: "config_schema.timeout", before: "int", after: "string" },
      { path: "config_schema.timeout.default", before: "30", after: "31" },
    ]);
    expect(preview.effects).toEqual(["timeout: turns 1 value from int into string."]);
    expect(preview.notices.join()).toContain("https://us.halo.example.com");
    expect(preview.notices.join()).toContain("client secret was cleared");
    expect(preview.byHand).toContain("Enter the Client Secret.");
    expect(await everything()).toBe(before);
  });
});

describe("an import", () => {
  it("matches by name among the global ones or the organization's own", async () => {
    const organization = await seedOrganization(db);
    const own = await apply(named("Twice"), { organizationId: organization.id });
    const global = await apply(named("Twice"));
    expect(own.id).not.toBe(global.id);
    expect(own.organization?.id).toBe(organization.id);
    const again = named("Twice").replace("The service desk", "Ours");
    const second = await apply(again, { organizationId: organization.id });
    expect(second).toMatchObject({ act: "update", id: own.id });
    expect((await db.prisma.integration.findUniqueOrThrow({ where: { id: global.id } })).description).toBe(
      "The service desk",
    );
  });

  it("keeps secrets, mappings and connections", async () => {
    const { id } = await apply(named("Keeps"));
    await db.prisma.oAuthClient.update({ where: { integrationId: id }, data: { clientSecret: "sealed" } });
    const organization = await seedOrganization(db);
    const mapping = await seedMapping(db, id, organization.id);
    await seedValue(db, id, { key: "api_key", type: "secret", secret: "default" });
    await seedValue(db, id, { key: "timeout", value: 5, mappingId: mapping.id });
    await seedConnection(db, id, {});
    const result = await apply(named("Keeps").replace("default: 30", "default: 60"));
    expect(result).toMatchObject({ notices: [], drops: [], byHand: [] });
    const row = await db.prisma.integration.findUniqueOrThrow({
      where: { id },
      include: { oauthClient: true, mappings: { include: { configValues: true } }, connections: true },
    });
    expect(row.oauthClient?.clientSecret).toBe("sealed");
    expect(row.mappings[0]?.configValues[0]?.value).toBe(5);
    expect(row.connections[0]?.status).toBe("active");
  });

  it("changes fields and the URLs that use them in one go", async () => {
    const { id } = await apply(named("Reshapes"));
    await db.prisma.oAuthClient.update({ where: { integrationId: id }, data: { clientSecret: "sealed" } });
    const text = named("Reshapes")
      .replace("{subdomain}", "{region}")
      .replace("key: subdomain", "key: region")
      .replace("key: timeout, type: int, default: 30", "key: subdomain, type: json, default: [1]");
    expect(await refusal(apply(text))).toMatchObject({
      code: "conflict",
      message: expect.stringContaining("Removing timeout drops 1 value"),
    });
    const result = await apply(text, { acceptsDrops: true });
    expect(result.notices).toEqual([]);
    const { text: now } = await exportIntegration(ctx, { integrationId: id });
    expect(now).toContain("https://{region}.halo.example.com/token");
    expect(
      (await db.prisma.oAuthClient.findUniqueOrThrow({ where: { integrationId: id } })).clientSecret,
    ).toBe("sealed");
  });

  it("drops the OAuth settings with their secret and connections only when told to", async () => {
    const { id } = await apply(named("NoMore"));
    await seedConnection(db, id, {});
    const text = "bifrost: integration/v1\nname: NoMore\n";
    const before = await everything();
    expect(await refusal(apply(text))).toMatchObject({
      code: "conflict",
      message: expect.stringContaining("drops the client secret, and 1 connection."),
    });
    expect(await everything()).toBe(before);
    await apply(text, { acceptsDrops: true });
    expect(await db.prisma.connection.count({ where: { integrationId: id } })).toBe(0);
  });

  it("drops no more than the preview said, whatever is overridden or connected meanwhile", async () => {
    const { id } = await apply(named("Grows"));
    const text = "bifrost: integration/v1\nname: Grows\n";
    const { version: expectedVersion, drops: acceptDrops } = await previewImport(ctx, { text });
    await seedConnection(db, id, {});
    const before = await everything();
    expect(await refusal(importIntegration(ctx, { text, expectedVersion, acceptDrops }))).toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/1 connection.* look at the preview again/),
    });
    expect(await everything()).toBe(before);
    const again = await previewImport(ctx, { text });
    const { act } = await importIntegration(ctx, { text, expectedVersion, acceptDrops: again.drops });
    expect(act).toBe("update");
  });

  it("is refused when somebody saved, created or deleted it since the preview", async () => {
    const text = named("Raced");
    const { version } = await previewImport(ctx, { text });
    const { id } = await apply(text);
    expect(await refusal(importIntegration(ctx, { text, expectedVersion: version }))).toMatchObject({
      code: "conflict",
    });
    const changed = named("Raced").replace("30", "40");
    const second = await previewImport(ctx, { text: changed });
    await apply(named("Raced").replace("30", "50"));
    expect(
      await refusal(importIntegration(ctx, { text: changed, expectedVersion: second.version })),
    ).toMatchObject({
      code: "conflict",
    });
    await db.prisma.integration.delete({ where: { id } });
    expect(await refusal(importIntegration(ctx, { text: changed, expectedVersion: 1 }))).toMatchObject({
      code: "conflict",
    });
  });

  it("is recorded with every setting before and after", async () => {
    const { id } = await apply(named("Told"));
    await apply(named("Told").replace("default: 30", "default: 45"));
    const [event] = await db.prisma.auditEvent.findMany({
      where: { action: "integration.import", targetId: id },
      orderBy: { id: "desc" },
    });
    expect(event).toMatchObject({
      before: { "config_schema.timeout.default": "30" },
      after: { "config_schema.timeout.default": "45" },
    });
  });

  const refusals: [what: string, change: (text: string) => string, path: string, words: RegExp][] = [
    [
      "a bad name",
      (text) => text.replace("name: HaloPSA", "name: my halo"),
      "name",
      /^Line 2, name: Start with/,
    ],
    [
      "an unknown placeholder",
      (text) => text.replace("{subdomain}", "{tenant}"),
      "oauth.token_url",
      /^Line 9, oauth.token_url: \{tenant\} is not known/,
    ],
    [
      "a forbidden URL",
      (text) => text.replace("https://{entity_id}.halo.example.com", "https://10.0.0.1"),
      "test_url",
      /^Line 5, test_url: .*private network/,
    ],
    [
      "a URL that is none",
      (text) => text.replace("https://{subdomain}.halo.example.com", "halo"),
      "oauth.token_url",
      /^Line 9, oauth.token_url: This is not a URL/,
    ],
    ["a secret in a URL", (text) => text.replace("{subdomain}", "{api_key}"), "oauth.token_url", /^Line 9, /],
    [
      "a bad key",
      (text) => text.replace("key: timeout", "key: Time-out"),
      "config_schema.1.key",
      /^Line 13, config_schema.1.key: Start with a small letter/,
    ],
    [
      "a reserved key",
      (text) => text.replace("key: timeout", "key: entity_id"),
      "config_schema.1.key",
      /^Line 13, /,
    ],
    [
      "a long description",
      (text) => text.replace("The service desk", "x".repeat(100_000)),
      "description",
      /^Line 3, description: Shorten/,
    ],
    [
      "a reserved parameter",
      (text) => text.replace("  scopes: [all]", "  token_params: {grant_type: x}"),
      "oauth.token_params",
      /^Line 10, oauth.token_params: /,
    ],
    [
      "an unknown preset",
      (text) => `${text}preset: nothing\n`,
      "preset",
      /^Line 15, preset: This server has no preset/,
    ],
    [
      "an API host with a path",
      (text) => `${text}api_hosts: ["a.example/x"]\n`,
      "api_hosts.0",
      /^Line 15, api_hosts.0: Write a host name/,
    ],
    ["an unknown field", (text) => `${text}colour: red\n`, "colour", /^Line 15, colour: There is no setting/],
  ];
  it.each(refusals)("refuses %s by line and path, and stores nothing", async (_, change, path, words) => {
    const before = await everything();
    const text = change(HALO);
    expect(await refusal(previewImport(ctx, { text }))).toEqual({
      code: "validation_failed",
      message: expect.stringMatching(words),
      paths: expect.arrayContaining([path]),
    });
    expect((await refusal(importIntegration(ctx, { text, expectedVersion: null }))).code).toBe(
      "validation_failed",
    );
    expect(await everything()).toBe(before);
  });

  it("and export are a platform admin's alone", async () => {
    const { id } = await apply(named("Theirs"));
    const organization = await seedOrganization(db);
    const foreign = await seedOrganization(db);
    for (const [role, organizationId] of [
      ["technician", undefined],
      ["viewer", undefined],
      ["organization_admin", organization.id],
    ] as const) {
      const theirs = testContext(db, await seedUser(db, role, organizationId));
      const text = named("Theirs");
      for (const work of [
        () => exportIntegration(theirs, { integrationId: id }),
        () => previewImport(theirs, { text }),
        () => previewImport(theirs, { text, organizationId: foreign.id }),
        () => importIntegration(theirs, { text, expectedVersion: null }),
      ]) {
        expect((await refusal(work())).code).toBe("permission_denied");
      }
    }
    const missing = "00000000-0000-7000-8000-000000000000";
    const lost = previewImport(ctx, { text: HALO, organizationId: missing });
    expect((await refusal(lost)).code).toBe("organization_not_found");
  });
});
