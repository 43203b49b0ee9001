import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApiKeyActor } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { seal } from "@/lib/crypto/seal";
import type { Prisma } from "@/lib/db/generated/client";
import { uuidv7 } from "@/lib/db/id";
import { AppError } from "@/lib/errors";
import { setDefaults } from "@/lib/config/set-defaults";
import { completeConnect } from "@/lib/connections/complete-connect";
import { listConnectionPage } from "@/lib/connections/list-connection-page";
import { startConnect } from "@/lib/connections/start-connect";
import { getEffectiveResult } from "@/lib/mappings/get-effective-result";
import { upsertMapping } from "@/lib/mappings/upsert-mapping";
import { readFreshIntegration } from "@/lib/refresh/read-fresh-integration";
import { refreshConnection } from "@/lib/refresh/refresh-connection";
import { seedOrganization, seedProvider, seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedValue } from "@/test/integrations";
import { startFaultyService } from "@/test/oauth-service/faulty-service";
import { createIntegration } from "./create-integration";
import { getIntegrationData, type IntegrationData } from "./get-integration-data";

const CASES = 10_000;
/** Another world at each run would find more and could not be looked at again: the seed is in every failure's name. */
const SEED = Number(process.env["WRONG_TENANT_SEED"] ?? 20_261_120);

const ORGANIZATIONS = 24;
const NAMES = Array.from({ length: 10 }, (_, index) => `Service_${index}`);
const STATUSES = ["not_connected", "active", "degraded", "reconnect_required"] as const;
const POLICIES = ["default", "default", "derived", "none"] as const;
const FLOWS = ["authorization_code", "client_credentials"] as const;
const TOKEN_URLS = ["https://login.example.com/{entity_id}/token", "https://login.example.com/token"];

/** What the world is, remembered beside the database: the other side of every comparison. */
interface Connection {
  id: string;
  status: (typeof STATUSES)[number];
  token: string;
  /** As the service named it. */
  tenant: string | null;
  isExpired: boolean;
}
interface Mapping {
  id: string;
  entityId: string | null;
  override: string | null;
  connection: Connection | null;
}
interface Integration {
  id: string;
  name: string;
  ownerId: string | null;
  defaultEntityId: string | null;
  policy: (typeof POLICIES)[number];
  lends: boolean;
  isPerOrganization: boolean;
  secret: string;
  byDefault: Connection | null;
  mappings: Map<string, Mapping>;
}

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let ctx: Ctx;
let providerId: string;
let organizations: string[];
let integrations: Integration[];
const callers: ApiKeyActor[] = [];

beforeAll(async () => {
  db = await openTestDatabase();
  ctx = testContext(db);
  providerId = (await seedProvider(db)).id;
  await makeWorld();
});
afterAll(() => db.close());

/** mulberry32: small, and the same everywhere. */
let state = SEED;
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}
const chance = (probability: number) => random() < probability;
function pick<Item>(items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("Nothing to pick from.");
  return item;
}

function makeConnection(): Connection {
  const id = uuidv7();
  return {
    id,
    status: pick(STATUSES),
    token: `token-of-${id}`,
    tenant: chance(0.4) ? `tenant-of-${id}` : null,
    isExpired: chance(0.15),
  };
}

function makeIntegration(name: string, ownerId: string | null): Integration {
  const mapped = organizations.filter((id) =>
    ownerId === null ? chance(0.7) : id === ownerId && chance(0.7),
  );
  return {
    id: uuidv7(),
    name,
    ownerId,
    defaultEntityId: chance(0.6) ? `default-of-${name}-${ownerId}` : null,
    policy: pick(POLICIES),
    lends: chance(0.5),
    isPerOrganization: chance(0.5),
    secret: `secret-of-${name}-${ownerId}`,
    byDefault: chance(0.8) ? makeConnection() : null,
    mappings: new Map(
      mapped.map((id) => [
        id,
        {
          id: uuidv7(),
          // Some share their entity, as the screens only warn of it.
          entityId: chance(0.8) ? (chance(0.1) ? "shared" : `entity-of-${id}`) : null,
          override: chance(0.5) ? `override-of-${id}-${name}` : null,
          connection: chance(0.6) ? makeConnection() : null,
        },
      ]),
    ),
  };
}

function connectionRow(
  { id, status, token, tenant, isExpired }: Connection,
  integrationId: string,
  mappingId: string | null,
  entityId: string | null,
): Prisma.ConnectionCreateManyInput {
  const sealed = (field: string, plain: string) =>
    status === "not_connected" ? null : seal(ctx.keyring, { table: "Connection", id, field }, plain);
  return {
    id,
    integrationId,
    mappingId,
    status,
    entityId,
    accountTenant: tenant,
    grantId: uuidv7(),
    accessToken: sealed("accessToken", token),
    refreshToken: sealed("refreshToken", `refresh-${token}`),
    expiresAt: new Date(Date.now() + (isExpired ? -60_000 : 3_600_000)),
  };
}

async function makeWorld(): Promise<void> {
  organizations = Array.from({ length: ORGANIZATIONS }, () => uuidv7());
  const { prisma } = db;
  await prisma.organization.createMany({
    data: organizations.map((id) => ({ id, name: `Organization ${id}` })),
  });
  organizations.push(providerId);
  integrations = NAMES.flatMap((name) => [
    ...(chance(0.8) ? [makeIntegration(name, null)] : []),
    ...organizations.filter(() => chance(0.12)).map((id) => makeIntegration(name, id)),
  ]);
  const all = integrations;
  await prisma.callbackSlug.createMany({ data: all.map(({ id }) => ({ slug: id })) });
  await prisma.integration.createMany({
    data: all.map(({ id, name, ownerId, defaultEntityId, policy, lends }) => ({
      id,
      name,
      slug: id,
      organizationId: ownerId,
      defaultEntityId,
      organizationPolicy: policy,
      lendsDefaultToKeys: lends,
    })),
  });
  await prisma.oAuthClient.createMany({
    data: all.map(({ id: integrationId, isPerOrganization, secret }) => {
      const id = uuidv7();
      return {
        id,
        integrationId,
        flowType: isPerOrganization ? FLOWS[1] : FLOWS[0],
        clientId: "client",
        clientSecret: seal(ctx.keyring, { table: "OAuthClient", id, field: "clientSecret" }, secret),
        tokenUrl: TOKEN_URLS[isPerOrganization ? 0 : 1] ?? "",
      };
    }),
  });
  const fields = all.map(({ id: integrationId }) => ({ id: uuidv7(), integrationId }));
  await prisma.configField.createMany({
    data: fields.map((field) => ({ ...field, key: "api_key", type: "secret" as const, position: 0 })),
  });
  const valueRow = (index: number, mappingId: string | null, plain: string) => {
    const id = uuidv7();
    const sealed = seal(ctx.keyring, { table: "ConfigValue", id, field: "value" }, plain);
    const { id: fieldId = "", integrationId = "" } = fields[index] ?? {};
    return { id, fieldId, integrationId, mappingId, sealed };
  };
  await prisma.mapping.createMany({
    data: all.flatMap(({ id: integrationId, mappings }) =>
      [...mappings].map(([organizationId, { id, entityId }]) => ({
        id,
        integrationId,
        organizationId,
        entityId,
      })),
    ),
  });
  await prisma.configValue.createMany({
    data: all.flatMap(({ secret, mappings }, index) => [
      valueRow(index, null, `default-${secret}`),
      ...[...mappings.values()].flatMap(({ id, override }) =>
        override === null ? [] : [valueRow(index, id, override)],
      ),
    ]),
  });
  await prisma.connection.createMany({
    data: all.flatMap(({ id, byDefault, defaultEntityId, mappings }) => [
      ...(byDefault ? [connectionRow(byDefault, id, null, defaultEntityId)] : []),
      ...[...mappings.values()].flatMap((mapping) =>
        mapping.connection ? [connectionRow(mapping.connection, id, mapping.id, mapping.entityId)] : [],
      ),
    ]),
  });
  await makeCallers();
}

async function makeCallers(): Promise<void> {
  const keys = organizations.map((organizationId) => ({ id: uuidv7(), organizationId }));
  await db.prisma.apiKey.createMany({
    data: keys.map(({ id, organizationId }) => ({
      id,
      organizationId,
      name: "key",
      prefix: "bfr_",
      keyHash: Buffer.from(id),
      permissions: ["credentials:read"],
    })),
  });
  for (const { id, organizationId } of keys) {
    callers.push({
      type: "api_key",
      id,
      label: "key",
      organizationId,
      organizationKind: organizationId === providerId ? "provider" : "managed",
      permissions: ["credentials:read"],
      origin: { ipAddress: null, userAgent: null },
    });
  }
}

/** One change between the reads, so that nothing remembered may outlive it. */
async function changeSomething(): Promise<void> {
  const integration = pick(integrations);
  const mapping = integration.mappings.size > 0 ? pick([...integration.mappings]) : null;
  switch (pick(["policy", "lends", "break", "disconnect", "unmap"] as const)) {
    case "policy":
      integration.policy = pick(POLICIES);
      await db.prisma.integration.update({
        where: { id: integration.id },
        data: { organizationPolicy: integration.policy },
      });
      return;
    case "lends":
      integration.lends = !integration.lends;
      await db.prisma.integration.update({
        where: { id: integration.id },
        data: { lendsDefaultToKeys: integration.lends },
      });
      return;
    case "break": {
      const connection = mapping?.[1].connection;
      if (!connection || connection.status === "not_connected") return;
      connection.status = "reconnect_required";
      await db.prisma.connection.update({
        where: { id: connection.id },
        data: { status: connection.status },
      });
      return;
    }
    case "disconnect": {
      const connection = mapping?.[1].connection;
      if (!connection) return;
      connection.status = "not_connected";
      await db.prisma.connection.update({
        where: { id: connection.id },
        data: { status: "not_connected", accessToken: null, refreshToken: null },
      });
      return;
    }
    case "unmap":
      if (!mapping) return;
      integration.mappings.delete(mapping[0]);
      await db.prisma.mapping.delete({ where: { id: mapping[1].id } });
  }
}

interface Case {
  actor: ApiKeyActor;
  name: string;
  scope: string | undefined;
}

function makeCase(): Case {
  const actor = chance(0.5)
    ? pick(callers)
    : pick(callers.filter((each) => each.organizationKind === "provider"));
  const scope = chance(0.25) ? undefined : chance(0.15) ? "global" : pick(organizations);
  return { actor, name: pick(NAMES), scope };
}

type Outcome = IntegrationData | string | null;

async function ask({ actor, name, scope }: Case): Promise<Outcome> {
  try {
    return await getIntegrationData({ ...ctx, actor }, { name, scope });
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

/** What PRODUCT says, told once more and from the world alone; null: all is well. */
function findWrong({ actor, name, scope }: Case, outcome: Outcome): string | null {
  const isProvider = actor.organizationKind === "provider";
  const targetId = scope === "global" ? null : (scope ?? actor.organizationId);
  if (!isProvider && targetId !== actor.organizationId)
    return outcome === "scope_forbidden" ? null : "a managed key was answered for another scope";
  const named = integrations.filter((each) => each.name === name);
  const integration =
    named.find(({ ownerId }) => ownerId !== null && ownerId === targetId) ??
    named.find(({ ownerId }) => ownerId === null);
  if (!integration) return outcome === null ? null : "an integration of somebody else answered";
  if (outcome === null || typeof outcome === "string") return `refused with ${outcome}`;
  if (outcome.integrationId !== integration.id) return "another integration answered";
  const mapping = targetId === null ? undefined : integration.mappings.get(targetId);
  if (outcome.entityId !== (mapping?.entityId ?? integration.defaultEntityId)) return "another entity ID";
  if (outcome.config["api_key"] !== (mapping?.override ?? `default-${integration.secret}`))
    return "another's configuration";
  const { oauth } = outcome;
  if (!oauth) return "no OAuth";
  const owns = isProvider || integration.ownerId === actor.organizationId;
  if ((oauth.clientSecret === null) === owns) return "the client secret for the wrong reader";
  return wrongToken({ isProvider, owns, targetId, integration, mapping }, oauth);
}

interface Circumstances {
  isProvider: boolean;
  owns: boolean;
  targetId: string | null;
  integration: Integration;
  mapping: Mapping | undefined;
}

function wrongToken(
  { owns, targetId, integration, mapping }: Circumstances,
  oauth: NonNullable<IntegrationData["oauth"]>,
): string | null {
  const own = mapping?.connection?.status === "not_connected" ? null : (mapping?.connection ?? null);
  const fallsBack =
    targetId === null ||
    integration.ownerId === targetId ||
    (integration.policy === "default" && !(mapping && integration.isPerOrganization));
  const rightful = own ?? (fallsBack ? integration.byDefault : null);
  const source = own ? "organization" : rightful ? "default" : null;
  if (oauth.source !== source) return `source ${oauth.source} instead of ${source}`;
  const given = [oauth.accessToken, oauth.refreshToken].filter((token) => token !== null);
  if (given.some((token) => !token.endsWith(rightful?.token ?? "-"))) return "a token of another connection";
  const askedFor = source === "organization" ? mapping?.entityId : integration.defaultEntityId;
  if (rightful && oauth.entityId !== (rightful.tenant ?? askedFor)) return "it hides whose token it is";
  const mayHave = owns || source === "organization" || integration.lends;
  const isServed = rightful !== null && rightful.status !== "not_connected" && !rightful.isExpired && mayHave;
  if ((oauth.accessToken !== null) !== isServed) return `an access token ${isServed ? "withheld" : "given"}`;
  const hasRefresh =
    rightful !== null && rightful.status !== "not_connected" && (owns || source === "organization");
  if ((oauth.refreshToken !== null) !== hasRefresh) return "the refresh token for the wrong reader";
  return null;
}

describe(`${CASES} random cases of scope, mapping, connection and policy (seed ${SEED})`, () => {
  it("never give an organization what is another's, nor fall back where the policy does not", async () => {
    const wrong: unknown[] = [];
    const seen = { organization: 0, default: 0, none: 0, refused: 0 };
    const AT_ONCE = 100;
    for (let done = 0; done < CASES; done += AT_ONCE) {
      const cases = Array.from({ length: AT_ONCE }, makeCase);
      const outcomes = await Promise.all(cases.map(ask));
      for (const [index, each] of cases.entries()) {
        const outcome = outcomes[index] ?? null;
        const flaw = findWrong(each, outcome);
        if (flaw !== null) wrong.push({ flaw, scope: each.scope, name: each.name, outcome });
        if (typeof outcome === "string") seen.refused++;
        else seen[outcome?.oauth?.accessToken ? (outcome.oauth.source as "default") : "none"]++;
      }
      await changeSomething();
    }
    expect(wrong.slice(0, 3)).toEqual([]);
    // Each kind of answer came often enough to say something.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(CASES / 50);
  });

  it("say whose token it is as the mapping's screen and the list of connections do", async () => {
    const wrong: unknown[] = [];
    const listed = new Map(
      (await listConnectionPage(ctx, { after: null, limit: 10_000, status: null })).map((row) => [
        row.id,
        row,
      ]),
    );
    for (const { id, name, mappings } of integrations.filter((each) => each.ownerId === null)) {
      for (const organizationId of mappings.keys()) {
        const answer = await getIntegrationData(ctx, { name, scope: organizationId });
        if (answer?.integrationId !== id) continue;
        const { oauth } = await getEffectiveResult(ctx, id, organizationId);
        const whose = answer.oauth?.entityId ?? null;
        const onList = listed.get(answer.oauth?.connectionId ?? "")?.entityId ?? null;
        if (oauth?.entityId !== whose || onList !== whose) wrong.push({ name, whose, onList, oauth });
      }
    }
    expect(wrong.slice(0, 3)).toEqual([]);
  });
});

describe(`edits of what stands in the extra parameters (seed ${SEED})`, () => {
  const STEPS = 150;
  const REGIONS = ["eu", "us"];
  const ENTITIES = ["contoso", "fabrikam", null];

  /** One Token URL for everybody: the parameters alone say whose token it is, and so does the token. */
  async function scene(flowType: (typeof FLOWS)[number]) {
    const service = await startFaultyService();
    const consented = new Map<string, string>();
    const answer = (whose: string) => ({
      body: { access_token: whose, refresh_token: whose, expires_in: 3_600 },
    });
    service.always("/token", ({ params }) => {
      const { tenant, region, code } = params;
      const asked = `${String(tenant)}.${String(region)}`;
      return answer(code === undefined ? asked : (consented.get(String(code)) ?? "nobody's"));
    });
    const admin = await seedUser(db, "platform_admin");
    const user = testContext(db, admin);
    const { id: integrationId, name } = await createIntegration(user, {
      name: `Parameters_${flowType}`,
      defaultEntityId: "common",
      oauth: {
        flowType,
        clientId: "client-1",
        clientSecret: "canary-secret",
        authorizationUrl: flowType === "authorization_code" ? service.url("/authorize") : "",
        tokenUrl: service.url("/token"),
        tokenParams: "tenant={entity_id}",
        authorizationParams: "tenant={entity_id}",
      },
    });
    await seedValue(db, integrationId, { key: "region", value: "eu" });
    const params = { tenant: "{entity_id}", region: "{region}" };
    const data = { tokenParams: params, authorizationParams: params };
    await db.prisma.oAuthClient.update({ where: { integrationId }, data });
    const mapped = [];
    for (const entityId of ENTITIES) {
      const { id: organizationId } = await seedOrganization(db);
      await upsertMapping(user, { integrationId, organizationId, entityId });
      mapped.push(organizationId);
    }
    /** A person consents for whomever the browser was sent to. */
    const consent = async (url: string) => {
      const asked = new URL(url).searchParams;
      const state = asked.get("state") ?? "";
      consented.set(state, `${asked.get("tenant")}.${asked.get("region")}`);
      await completeConnect(user, { slug: name, params: new URLSearchParams({ code: state, state }) });
    };
    return { service, user, integrationId, name, mapped, consent };
  }

  it.each(FLOWS)("never give one customer's token as another's by %s", async (flowType) => {
    const { service, user, integrationId, name, mapped, consent } = await scene(flowType);
    const pending: string[] = [];
    const version = async () =>
      (await db.prisma.integration.findUniqueOrThrow({ where: { id: integrationId } })).version;
    const steps = {
      async connect() {
        const organizationId = pick([...mapped, null]);
        const started = await startConnect(user, { integrationId, organizationId });
        if (started.kind === "redirect") pending.push(started.url);
      },
      consent: async () => consent(pending.shift() ?? "https://example.com/?state=none"),
      entity: () =>
        upsertMapping(user, { integrationId, organizationId: pick(mapped), entityId: pick(ENTITIES) }),
      override: () =>
        upsertMapping(user, {
          integrationId,
          organizationId: pick(mapped),
          config: { region: pick([...REGIONS, null]) },
        }),
      byDefault: async () =>
        setDefaults(user, { integrationId, version: await version(), values: { region: pick(REGIONS) } }),
      async refresh() {
        const rows = await db.prisma.connection.findMany({ where: { integrationId, status: "active" } });
        if (rows.length === 0) return;
        await refreshConnection(user, { connectionId: pick(rows).id, reason: "sdk", waitMs: 20_000 });
      },
    };
    const wrong: unknown[] = [];
    const seen = { organization: 0, default: 0, asked: 0 };
    for (let step = 0; step < STEPS; step++) {
      await pick(Object.values(steps))();
      const scope = pick(mapped);
      const data = await readFreshIntegration(ctx, { name, scope });
      const { oauth } = data ?? {};
      if (!oauth?.accessToken) continue;
      const isOwn = oauth.source === "organization";
      seen[isOwn ? "organization" : "default"]++;
      const [entityId] = oauth.accessToken.split(".");
      if (entityId !== oauth.entityId) wrong.push({ step, flaw: "whose it is", oauth });
      const rightful = `${data?.entityId}.${String(data?.config["region"])}`;
      if (!isOwn || oauth.accessToken === rightful) continue;
      seen.asked++;
      if (oauth.status !== "reconnect_required") wrong.push({ step, flaw: "no word of it", rightful, oauth });
    }
    await service.close();
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(seen.organization).toBeGreaterThan(STEPS / 10);
    // What comes without a person is never left in the old place.
    expect(seen.asked > 0).toBe(flowType === "authorization_code");
  });
});
