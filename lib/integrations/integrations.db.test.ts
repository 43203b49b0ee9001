import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changesBetween, type Json } from "@/components/audit/changes";
import type { UserActor } from "@/lib/auth/actor";
import type { Database } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import { AppError } from "@/lib/errors";
import { seedOrganization, seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { createIntegration } from "./create-integration";
import { deleteIntegration } from "./delete-integration";
import { getIntegration, listIntegrations, previewRedirectUri } from "./queries";
import { integrationListQuery } from "./schema";
import { updateIntegration } from "./update-integration";

let db: Database;
let admin: UserActor;

beforeAll(async () => {
  db = await openTestDatabase();
  admin = await seedUser(db, "platform_admin");
});
afterAll(() => db.close());

const ctx = (actor = admin) => testContext(db, actor);
const uniqueName = () => `Service_${uuidv7().slice(-12)}`;

const OAUTH = {
  flowType: "authorization_code",
  clientId: "client-1",
  clientSecret: "canary-secret",
  authorizationUrl: "https://login.example.com/authorize",
  tokenUrl: "https://login.example.com/token",
  scopes: "a b",
  pkce: true,
};

async function fieldErrors(work: Promise<unknown>): Promise<Record<string, string>> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error(`expected an AppError, got ${String(error)}`);
  return Object.fromEntries(error.errors.map(({ path, message }) => [path, message]));
}

async function create(changes: Record<string, unknown> = {}) {
  const { id } = await createIntegration(ctx(), { name: uniqueName(), oauth: OAUTH, ...changes });
  return getIntegration(ctx(), id);
}

describe("creating an integration", () => {
  it("keeps every setting, and shows no secret", async () => {
    const integration = await create({
      description: "Graph",
      defaultEntityId: "common",
      apiHosts: "api.example.com",
    });
    expect(integration).toMatchObject({
      description: "Graph",
      defaultEntityId: "common",
      apiHosts: ["api.example.com"],
      version: 1,
      status: "not_connected",
      redirectUri: `http://localhost:3000/oauth/callback/${integration.name}`,
      oauth: {
        scopes: ["a", "b"],
        tokenEndpointAuthMethod: "client_secret_post",
        clientSecret: { setBy: admin.label },
      },
    });
    expect(JSON.stringify(integration)).not.toContain("canary");
  });

  it("brings a preset's config fields, with the base URL filled in", async () => {
    const integration = await create({ presetId: "halopsa", config: { subdomain: "acme" } });
    const values = Object.fromEntries(integration.configFields.map(({ key, value }) => [key, value]));
    expect(values["subdomain"]).toBe("acme");
    expect(values["base_url"]).toMatch(/^https:\/\/acme\./);
    expect(integration.missing).toEqual([]);
  });

  it("asks for what the preset needs", async () => {
    expect(await fieldErrors(create({ presetId: "halopsa" }))).toHaveProperty(["config.subdomain"]);
  });

  it.each([
    ["", /Enter a name/],
    ["has space", /letter or digit/],
    ["_starts", /letter or digit/],
    ["a".repeat(65), /at most 64/],
    ["ümlaut", /letter or digit/],
    ["../../etc", /letter or digit/],
  ])("refuses the name %j beside the field", async (name, message) => {
    expect((await fieldErrors(createIntegration(ctx(), { name })))["name"]).toMatch(message);
  });

  it("refuses a name that is taken, global and per organization apart", async () => {
    const organization = await seedOrganization(db);
    const { name } = await create();
    expect((await fieldErrors(create({ name })))["name"]).toMatch(/already called/);
    await expect(create({ name, organizationId: organization.id })).resolves.toMatchObject({
      slug: `${name}-2`,
    });
    expect((await fieldErrors(create({ name, organizationId: organization.id })))["name"]).toMatch(
      /this organization/,
    );
    await expect(create({ name: name.toLowerCase() })).resolves.toBeDefined();
  });

  it("lets one of two admins creating the same name at once win", async () => {
    const name = uniqueName();
    const outcomes = await Promise.allSettled([create({ name }), create({ name })]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it.each([
    ["oauth.tokenUrl", { tokenUrl: "not a url" }],
    ["oauth.tokenUrl", { tokenUrl: "ftp://example.com/token" }],
    ["oauth.tokenUrl", { tokenUrl: "http://example.com/token" }],
    ["oauth.tokenUrl", { tokenUrl: "https://10.0.0.1/token" }],
    ["oauth.tokenUrl", { tokenUrl: "https://169.254.169.254/latest" }],
    ["oauth.tokenUrl", { tokenUrl: "https://user:pass@example.com/token" }],
    ["oauth.tokenUrl", { tokenUrl: "https://example.com/{tenant}/token" }],
    ["oauth.issuer", { issuer: "login.example.com" }],
    ["oauth.issuer", { issuer: "https://login.example.com/{tenant}" }],
    ["oauth.authorizationUrl", { authorizationUrl: "" }],
    ["oauth.authorizationUrl", { authorizationUrl: "https://{entity_id}/authorize" }],
    ["oauth.clientId", { clientId: "   " }],
    ["oauth.clientSecret", { clientSecret: "" }],
    ["oauth.clientSecretExpiresAt", { clientSecretExpiresAt: "0000-01-01" }],
    ["oauth.clientSecretExpiresAt", { clientSecretExpiresAt: "275760-09-13" }],
    ["oauth.pkce", { tokenEndpointAuthMethod: "none", pkce: false }],
    ["oauth.privateKey", { tokenEndpointAuthMethod: "private_key_jwt", privateKey: "nonsense" }],
    ["oauth.authorizationParams", { authorizationParams: "response_mode=form_post" }],
    ["oauth.authorizationParams", { authorizationParams: "STATE=x" }],
    ["oauth.authorizationParams", { authorizationParams: "no equals sign" }],
    ["oauth.tokenParams", { tokenParams: "resource={nowhere}" }],
  ])("marks %s for %j and stores nothing", async (path, oauth) => {
    const name = uniqueName();
    const errors = await fieldErrors(createIntegration(ctx(), { name, oauth: { ...OAUTH, ...oauth } }));
    expect(Object.keys(errors)).toContain(path);
    expect(await db.prisma.integration.count({ where: { name } })).toBe(0);
  });

  it("lets a value be a whole host where the integration lists its hosts, and nowhere else", async () => {
    const apiHosts = "login.example.com eu.example.com";
    const oauth = { ...OAUTH, tokenUrl: "https://{entity_id}/token" };
    const unset = await create({ oauth, apiHosts });
    expect(unset.oauth?.tokenUrl).toBe("https://{entity_id}/token");
    expect(await create({ oauth, apiHosts, defaultEntityId: "eu.example.com" })).toHaveProperty("id");
    for (const elsewhere of [{ apiHosts, defaultEntityId: "evil.example" }, {}]) {
      expect(await fieldErrors(create({ oauth, ...elsewhere }))).toHaveProperty(["oauth.tokenUrl"]);
    }
  });

  it("refuses a description of 100 kB", async () => {
    expect(await fieldErrors(create({ description: "x".repeat(100_000) }))).toHaveProperty("description");
  });

  it("names an organization that does not exist", async () => {
    await expect(create({ organizationId: uuidv7() })).rejects.toMatchObject({
      code: "organization_not_found",
    });
  });

  it("is for platform admins alone", async () => {
    for (const role of ["technician", "viewer"] as const) {
      const actor = await seedUser(db, role);
      const attempt = createIntegration(ctx(actor), { name: uniqueName() });
      await expect(attempt).rejects.toMatchObject({ code: "permission_denied" });
    }
  });
});

describe("the Redirect URI", () => {
  it("is told before saving as it will be after", async () => {
    const name = uniqueName();
    expect(await previewRedirectUri(ctx(), name)).toBe(`http://localhost:3000/oauth/callback/${name}`);
    const integration = await create({ name });
    expect(integration.redirectUri).toBe(`http://localhost:3000/oauth/callback/${name}`);
    expect(await previewRedirectUri(ctx(), name)).toBe(`http://localhost:3000/oauth/callback/${name}-2`);
  });

  it("is never given again, after a deletion or a rename", async () => {
    const first = await create();
    await deleteIntegration(ctx(), { id: first.id, confirmName: first.name });
    const second = await create({ name: first.name });
    expect(second.slug).toBe(`${first.name}-2`);
    const renamed = uniqueName();
    await updateIntegration(ctx(), { id: second.id, version: 1, name: renamed, oauth: OAUTH });
    expect((await getIntegration(ctx(), second.id)).slug).toBe(`${first.name}-2`);
    expect((await create({ name: first.name })).slug).toBe(`${first.name}-3`);
  });
});

describe("saving an integration", () => {
  it("keeps the client secret that is left blank, and clears it on an explicit word", async () => {
    const integration = await create();
    const input = { id: integration.id, name: integration.name, oauth: { ...OAUTH, clientSecret: "" } };
    await updateIntegration(ctx(), { ...input, version: 1 });
    const before = await db.prisma.oAuthClient.findUniqueOrThrow({
      where: { integrationId: integration.id },
    });
    expect(before.clientSecret).not.toBeNull();
    await updateIntegration(ctx(), {
      ...input,
      version: 2,
      oauth: { ...input.oauth, clearClientSecret: true },
    });
    const after = await db.prisma.oAuthClient.findUniqueOrThrow({ where: { integrationId: integration.id } });
    expect(after).toMatchObject({ clientSecret: null, clientSecretSetAt: null, clientSecretSetBy: null });
  });

  it("tells the second of two admins, and stores nothing of theirs", async () => {
    const integration = await create();
    const input = { id: integration.id, version: 1, name: integration.name, oauth: OAUTH };
    const outcomes = await Promise.allSettled([
      updateIntegration(ctx(), { ...input, description: "first" }),
      updateIntegration(ctx(), { ...input, description: "second" }),
    ]);
    const failed = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(failed).toHaveLength(1);
    expect(failed[0]?.reason).toMatchObject({ code: "conflict" });
    expect((await getIntegration(ctx(), integration.id)).version).toBe(2);
  });

  it("says that it was deleted meanwhile", async () => {
    const integration = await create();
    await deleteIntegration(ctx(), { id: integration.id, confirmName: integration.name });
    const late = updateIntegration(ctx(), {
      id: integration.id,
      version: 1,
      name: integration.name,
      oauth: OAUTH,
    });
    await expect(late).rejects.toMatchObject({ code: "integration_not_found" });
  });

  it("refuses a rename to a name that is taken", async () => {
    const [first, second] = [await create(), await create()];
    const rename = updateIntegration(ctx(), { id: second.id, version: 1, name: first.name, oauth: OAUTH });
    expect(await fieldErrors(rename)).toHaveProperty("name");
  });

  it("changes a config value and refuses to blank a required one", async () => {
    const integration = await create({ presetId: "halopsa", config: { subdomain: "acme" } });
    const input = { id: integration.id, name: integration.name, oauth: OAUTH };
    await updateIntegration(ctx(), { ...input, version: 1, config: { subdomain: "other" } });
    const changed = await getIntegration(ctx(), integration.id);
    expect(changed.configFields.find((field) => field.key === "subdomain")?.value).toBe("other");
    const blank = updateIntegration(ctx(), { ...input, version: 2, config: { subdomain: "" } });
    expect(await fieldErrors(blank)).toHaveProperty(["config.subdomain"]);
  });

  it("records what changed in the audit log, without a secret", async () => {
    const integration = await create();
    await updateIntegration(ctx(), {
      id: integration.id,
      version: 1,
      name: integration.name,
      description: "changed",
      oauth: { ...OAUTH, clientSecret: "canary-new" },
    });
    const event = await db.prisma.auditEvent.findFirstOrThrow({
      where: { targetId: integration.id, action: "integration.update" },
    });
    expect(event).toMatchObject({ actorLabel: admin.label, after: { description: "changed" } });
    expect(JSON.stringify(event)).not.toContain("canary");
  });

  it("records what differs and nothing else, a secret as what was done to it", async () => {
    const integration = await create({ presetId: "halopsa", config: { subdomain: "acme" } });
    const { clientSecret: _secret, ...kept } = OAUTH;
    let version = 1;
    const differences = async (changes: { description?: string; config?: object }, oauth: object | null) => {
      const input = { id: integration.id, version, name: integration.name, ...changes, oauth };
      ({ version } = await updateIntegration(ctx(), input));
      const event = await db.prisma.auditEvent.findFirstOrThrow({
        where: { targetId: integration.id, action: "integration.update" },
        orderBy: [{ occurredAt: "desc" }, { id: "desc" }],
      });
      return changesBetween(event.before as Json, event.after as Json);
    };
    const description = "The service desk";
    expect(await differences({ description }, kept)).toEqual([
      { name: "description", before: null, after: description },
    ]);
    expect(await differences({ description }, kept)).toEqual([]);
    expect(await differences({ description, config: { subdomain: "beta" } }, kept)).toEqual([
      { name: "config.subdomain", before: "acme", after: "beta" },
    ]);
    expect(await differences({ description }, { ...kept, clientSecret: "canary-new" })).toEqual([
      { name: "oauth.clientSecret", before: "set", after: "changed" },
    ]);
    const basic = { ...kept, tokenEndpointAuthMethod: "none", clearClientSecret: true };
    expect(await differences({ description }, basic)).toEqual([
      { name: "oauth.clientSecret", before: "set", after: "cleared" },
      { name: "oauth.tokenEndpointAuthMethod", before: "client_secret_post", after: "none" },
    ]);
    expect(await differences({ description }, { ...kept, clientSecret: "canary-again" })).toContainEqual({
      name: "oauth.clientSecret",
      before: null,
      after: "set",
    });
  });
});

describe("deleting an integration", () => {
  it("asks for its name", async () => {
    const integration = await create();
    const attempt = deleteIntegration(ctx(), { id: integration.id, confirmName: "another" });
    expect(await fieldErrors(attempt)).toHaveProperty("confirmName");
    await expect(getIntegration(ctx(), integration.id)).resolves.toBeDefined();
  });

  it("takes everything along and says so in the audit log", async () => {
    const integration = await create({ presetId: "halopsa", config: { subdomain: "acme" } });
    const organization = await seedOrganization(db);
    await db.prisma.mapping.create({
      data: { integrationId: integration.id, organizationId: organization.id },
    });
    await deleteIntegration(ctx(), { id: integration.id, confirmName: integration.name });
    await expect(getIntegration(ctx(), integration.id)).rejects.toMatchObject({
      code: "integration_not_found",
    });
    const event = await db.prisma.auditEvent.findFirstOrThrow({
      where: { targetId: integration.id, action: "integration.delete" },
    });
    expect(event.before).toMatchObject({ mappings: 1 });
  });
});

describe("the list", () => {
  const query = (input: Record<string, unknown>) => integrationListQuery.parse(input);

  it("searches, filters, sorts and pages in the database", async () => {
    const tag = uuidv7().slice(-12);
    const organization = await seedOrganization(db);
    for (let index = 0; index < 30; index += 1) {
      const name = `${tag}_${String(index).padStart(2, "0")}`;
      await create({
        name,
        oauth: index % 2 ? OAUTH : null,
        organizationId: index === 7 ? organization.id : null,
      });
    }
    const first = await listIntegrations(ctx(), query({ q: tag }));
    expect(first).toMatchObject({ total: 30, page: 1, pageCount: 2 });
    expect(first.rows).toHaveLength(25);
    expect(first.rows[0]).toMatchObject({ name: `${tag}_00`, status: "configured", canConnect: false });
    const last = await listIntegrations(ctx(), query({ q: tag, page: "99" }));
    expect(last).toMatchObject({ page: 2 });
    expect(last.rows).toHaveLength(5);
    const backwards = await listIntegrations(ctx(), query({ q: tag, sort: "-name" }));
    expect(backwards.rows[0]?.name).toBe(`${tag}_29`);
    const unconnected = await listIntegrations(ctx(), query({ q: tag, status: "not_connected" }));
    expect(unconnected.total).toBe(15);
    const owned = await listIntegrations(ctx(), query({ q: tag, availableTo: organization.id }));
    expect(owned.rows.map((row) => row.name)).toEqual([`${tag}_07`]);
    for (const sort of ["status", "-lastRefreshAt", "-createdAt"]) {
      expect((await listIntegrations(ctx(), query({ q: tag, sort }))).total).toBe(30);
    }
  });

  it("takes wildcards in a search for what they are", async () => {
    const { name } = await create();
    expect((await listIntegrations(ctx(), query({ q: "%" }))).total).toBe(0);
    expect((await listIntegrations(ctx(), query({ q: name.toUpperCase() }))).total).toBe(1);
  });

  it("falls back to its defaults for a made-up state", () => {
    expect(query({ status: "nonsense", sort: "drop table", page: "-1", availableTo: "x" })).toEqual({
      q: "",
      sort: "name",
      page: 1,
    });
  });

  it("shows a managed organization's people the global ones and their own", async () => {
    const [own, other] = [await seedOrganization(db), await seedOrganization(db)];
    const tag = uuidv7().slice(-12);
    await create({ name: `${tag}_global` });
    await create({ name: `${tag}_own`, organizationId: own.id });
    const foreign = await create({ name: `${tag}_other`, organizationId: other.id });
    const viewer = await seedUser(db, "viewer", own.id);
    const { rows } = await listIntegrations(ctx(viewer), query({ q: tag }));
    expect(rows.map((row) => row.name)).toEqual([`${tag}_global`, `${tag}_own`]);
    await expect(getIntegration(ctx(viewer), foreign.id)).rejects.toMatchObject({
      code: "integration_not_found",
    });
  });
});
