import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiKey } from "@/lib/api-keys/create-api-key";
import { listApiKeys } from "@/lib/api-keys/queries";
import { revokeApiKey } from "@/lib/api-keys/revoke-api-key";
import { exportAuditLog } from "@/lib/audit/export-audit-log";
import { auditFilterSchema } from "@/lib/audit/filter";
import { listAuditEvents } from "@/lib/audit/queries";
import { previewSchemaChange } from "@/lib/config/preview-schema-change";
import { setDefaults } from "@/lib/config/set-defaults";
import { updateConfigSchema } from "@/lib/config/update-config-schema";
import { acceptHeldGrant } from "@/lib/connections/accept-held-grant";
import { cancelHandshake } from "@/lib/connections/cancel-handshake";
import { discardHeldGrant } from "@/lib/connections/discard-held-grant";
import { disconnectConnection } from "@/lib/connections/disconnect-connection";
import { startConnect } from "@/lib/connections/start-connect";
import { testConnection } from "@/lib/connections/test-connection";
import { uuidv7 } from "@/lib/db/id";
import { exportIntegration } from "@/lib/definitions/export-integration";
import { listForecast } from "@/lib/health/list-forecast";
import { listHealthPage } from "@/lib/health/list-health-page";
import { listTestTargets } from "@/lib/health/list-test-targets";
import { importIntegration } from "@/lib/definitions/import-integration";
import { previewImport } from "@/lib/definitions/preview-import";
import { createIntegration } from "@/lib/integrations/create-integration";
import { deleteIntegration } from "@/lib/integrations/delete-integration";
import { getIntegration } from "@/lib/integrations/queries";
import { setOrganizationPolicy } from "@/lib/integrations/set-organization-policy";
import { updateIntegration } from "@/lib/integrations/update-integration";
import { deleteMapping } from "@/lib/mappings/delete-mapping";
import { getEffectiveResult } from "@/lib/mappings/get-effective-result";
import { getMappingView } from "@/lib/mappings/get-mapping-view";
import { listMappingRows } from "@/lib/mappings/list-mapping-rows";
import { mappingListQuery } from "@/lib/mappings/schema";
import { upsertMapping } from "@/lib/mappings/upsert-mapping";
import { createOrganization } from "@/lib/organizations/create-organization";
import { deactivateOrganization } from "@/lib/organizations/deactivate-organization";
import { reactivateOrganization } from "@/lib/organizations/reactivate-organization";
import { listActivityPage } from "@/lib/refresh/list-activity-page";
import { refreshToken } from "@/lib/refresh/refresh-token";
import { renameOrganization } from "@/lib/organizations/rename-organization";
import { changeUserRole } from "@/lib/users/change-user-role";
import { createSignInLink } from "@/lib/users/create-sign-in-link";
import { createUser } from "@/lib/users/create-user";
import { deactivateUser } from "@/lib/users/deactivate-user";
import { listUsers } from "@/lib/users/queries";
import { reactivateUser } from "@/lib/users/reactivate-user";
import { renewSetupLink } from "@/lib/users/renew-setup-link";
import { userListQuery } from "@/lib/users/schema";
import { createWebhook } from "@/lib/webhooks/create-webhook";
import { deleteWebhook } from "@/lib/webhooks/delete-webhook";
import { disableWebhook } from "@/lib/webhooks/disable-webhook";
import { enableWebhook } from "@/lib/webhooks/enable-webhook";
import { getWebhook, listDeliveries, listWebhooks } from "@/lib/webhooks/queries";
import { redeliverEvent } from "@/lib/webhooks/redeliver-event";
import { rotateSecret } from "@/lib/webhooks/rotate-secret";
import { sendTestEvent } from "@/lib/webhooks/send-test-event";
import { updateWebhook } from "@/lib/webhooks/update-webhook";
import { seedOrganization, seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedIntegration, seedMapping } from "@/test/integrations";
import type { UserActor } from "./actor";
import type { Ctx } from "./context";

/** Who tries: `viewer` is the provider's, `reader` a managed organization's. */
const WHO = ["platform_admin", "technician", "viewer", "organization_admin", "reader"] as const;
type Who = (typeof WHO)[number];

/** What is tried on: `own` belongs to the managed organization, `mapped` is global and mapped to it. */
interface World {
  ownId: string;
  mappedId: string;
  organizationId: string;
  userId: string;
}
type Try = (ctx: Ctx, world: World) => Promise<unknown>;

const ADMINS: Who[] = ["platform_admin", "organization_admin"];
const CONNECTORS: Who[] = ["platform_admin", "technician", "organization_admin"];
const EVERYBODY: Who[] = [...WHO];
const key = { name: "x", permissions: ["integrations:read" as const] };
const edited = ({ ownId }: World) => ({ integrationId: ownId, version: 1 });
const page = { after: null, limit: 1 };
const DEFINITION = "bifrost: integration/v1\nname: Imported\n";
const filter = auditFilterSchema.parse({});
const webhook = {
  name: "x",
  url: "https://hooks.example.com/x",
  events: ["connection.recovered" as const],
};
const onOwn =
  (verb: (ctx: Ctx, input: unknown) => Promise<unknown>): Try =>
  (ctx, { ownId: integrationId }) =>
    verb(ctx, { integrationId });
const onMapping =
  (verb: (ctx: Ctx, input: unknown) => Promise<unknown>): Try =>
  (ctx, { mappedId: integrationId, organizationId }) =>
    verb(ctx, { integrationId, organizationId });

/** Every verb that asks who calls, who may, and the try. What else a verb refuses (nothing held, say) is not a refusal here. */
const TABLE: readonly [verb: string, allowed: readonly Who[], attempt: Try][] = [
  [
    "api-keys/create-api-key",
    ADMINS,
    (ctx, world) => createApiKey(ctx, { ...key, organizationId: world.organizationId }),
  ],
  ["api-keys/revoke-api-key", ADMINS, (ctx) => revokeOwnKey(ctx)],
  ["api-keys/queries", ADMINS, (ctx) => listApiKeys(ctx, 1)],
  ["audit/export-audit-log", ADMINS, (ctx) => exportAuditLog(ctx, filter, "csv")],
  ["audit/queries", ADMINS, (ctx) => listAuditEvents(ctx, filter, page)],
  [
    "config/preview-schema-change",
    ["platform_admin"],
    (ctx, world) => previewSchemaChange(ctx, { ...edited(world), fields: [] }),
  ],
  [
    "config/set-defaults",
    ["platform_admin"],
    (ctx, world) => setDefaults(ctx, { ...edited(world), values: {} }),
  ],
  [
    "config/update-config-schema",
    ["platform_admin"],
    (ctx, world) => updateConfigSchema(ctx, { ...edited(world), fields: [] }),
  ],
  ["connections/accept-held-grant", CONNECTORS, onOwn(acceptHeldGrant)],
  ["connections/accept-held-grant", CONNECTORS, onMapping(acceptHeldGrant)],
  ["connections/cancel-handshake", CONNECTORS, onOwn(cancelHandshake)],
  ["connections/discard-held-grant", CONNECTORS, onOwn(discardHeldGrant)],
  ["connections/disconnect-connection", CONNECTORS, onOwn(disconnectConnection)],
  ["connections/disconnect-connection", CONNECTORS, onMapping(disconnectConnection)],
  [
    "connections/disconnect-connection",
    ["platform_admin", "technician"],
    (ctx, { mappedId }) => disconnectConnection(ctx, { integrationId: mappedId }),
  ],
  ["connections/start-connect", CONNECTORS, onOwn(startConnect)],
  ["connections/start-connect", CONNECTORS, onMapping(startConnect)],
  [
    "connections/start-connect",
    ["platform_admin", "technician"],
    (ctx, { mappedId }) => startConnect(ctx, { integrationId: mappedId }),
  ],
  ["connections/test-connection", CONNECTORS, onOwn(testConnection)],
  ["health/list-health-page", EVERYBODY, (ctx) => listHealthPage(ctx, {})],
  ["health/list-forecast", EVERYBODY, (ctx) => listForecast(ctx)],
  ["health/list-test-targets", CONNECTORS, (ctx) => listTestTargets(ctx, {})],
  ["refresh/list-activity-page", EVERYBODY, (ctx, { ownId }) => listActivityPage(ctx, ownId, {})],
  ["refresh/refresh-token", CONNECTORS, onOwn(refreshToken)],
  ["refresh/refresh-token", CONNECTORS, onMapping(refreshToken)],
  [
    "refresh/refresh-token",
    ["platform_admin", "technician"],
    (ctx, { mappedId }) => refreshToken(ctx, { integrationId: mappedId }),
  ],
  ["definitions/export-integration", ["platform_admin"], onOwn(exportIntegration)],
  [
    "definitions/preview-import",
    ["platform_admin"],
    (ctx, { organizationId }) => previewImport(ctx, { text: DEFINITION, organizationId }),
  ],
  [
    "definitions/import-integration",
    ["platform_admin"],
    (ctx, { organizationId }) =>
      importIntegration(ctx, { text: DEFINITION, organizationId, expectedVersion: null }),
  ],
  [
    "integrations/create-integration",
    ["platform_admin"],
    (ctx) => createIntegration(ctx, { name: `I${uuidv7()}`, oauth: null }),
  ],
  [
    "integrations/delete-integration",
    ["platform_admin"],
    (ctx, { ownId }) => deleteIntegration(ctx, { id: ownId, confirmName: "another" }),
  ],
  ["integrations/queries", EVERYBODY, (ctx, { ownId }) => getIntegration(ctx, ownId)],
  [
    "integrations/set-organization-policy",
    ["platform_admin"],
    (ctx, world) => setOrganizationPolicy(ctx, { ...edited(world), organizationPolicy: "none" }),
  ],
  [
    "integrations/update-integration",
    ["platform_admin"],
    (ctx, { ownId }) => updateIntegration(ctx, { id: ownId, version: 99, name: "Own", oauth: null }),
  ],
  [
    "mappings/upsert-mapping",
    CONNECTORS,
    (ctx, { mappedId, organizationId }) =>
      upsertMapping(ctx, { integrationId: mappedId, organizationId, entityName: "Contoso" }),
  ],
  [
    "mappings/delete-mapping",
    CONNECTORS,
    (ctx, { ownId, organizationId }) => deleteMapping(ctx, { integrationId: ownId, organizationId }),
  ],
  [
    "mappings/get-effective-result",
    EVERYBODY,
    (ctx, { mappedId, organizationId }) => getEffectiveResult(ctx, mappedId, organizationId),
  ],
  [
    "mappings/get-mapping-view",
    EVERYBODY,
    (ctx, { mappedId, organizationId }) => getMappingView(ctx, mappedId, organizationId),
  ],
  [
    "mappings/list-mapping-rows",
    EVERYBODY,
    (ctx, { mappedId }) => listMappingRows(ctx, mappedId, mappingListQuery.parse({})),
  ],
  [
    "organizations/create-organization",
    ["platform_admin"],
    (ctx) => createOrganization(ctx, { name: uuidv7() }),
  ],
  [
    "organizations/rename-organization",
    ["platform_admin"],
    (ctx, { organizationId }) => renameOrganization(ctx, { id: organizationId, name: uuidv7() }),
  ],
  [
    "organizations/deactivate-organization",
    ["platform_admin"],
    async (ctx) => deactivateOrganization(ctx, { id: uuidv7() }),
  ],
  [
    "organizations/reactivate-organization",
    ["platform_admin"],
    (ctx, { organizationId }) => reactivateOrganization(ctx, { id: organizationId }),
  ],
  [
    "users/create-user",
    ADMINS,
    (ctx, { organizationId }) =>
      createUser(ctx, { email: `${uuidv7()}@example.com`, role: "viewer", organizationId }),
  ],
  ["users/create-sign-in-link", [], (ctx) => createSignInLink(ctx, { email: "x@example.com" })],
  [
    "users/change-user-role",
    ADMINS,
    (ctx, { userId }) => changeUserRole(ctx, { id: userId, role: "viewer" }),
  ],
  ["users/deactivate-user", ADMINS, (ctx, { userId }) => deactivateUser(ctx, { id: userId })],
  ["users/reactivate-user", ADMINS, (ctx, { userId }) => reactivateUser(ctx, { id: userId })],
  ["users/renew-setup-link", ADMINS, (ctx, { userId }) => renewSetupLink(ctx, { id: userId })],
  ["users/queries", ADMINS, (ctx) => listUsers(ctx, userListQuery.parse({}))],
  [
    "webhooks/create-webhook",
    ["platform_admin"],
    (ctx) => createWebhook(ctx, { ...webhook, name: uuidv7(), format: "slack" }),
  ],
  ["webhooks/update-webhook", ["platform_admin"], (ctx) => updateWebhook(ctx, { ...webhook, id: uuidv7() })],
  [
    "webhooks/delete-webhook",
    ["platform_admin"],
    (ctx) => deleteWebhook(ctx, { id: uuidv7(), confirmName: "x" }),
  ],
  ["webhooks/disable-webhook", ["platform_admin"], (ctx) => disableWebhook(ctx, { id: uuidv7() })],
  ["webhooks/enable-webhook", ["platform_admin"], (ctx) => enableWebhook(ctx, { id: uuidv7() })],
  ["webhooks/rotate-secret", ["platform_admin"], (ctx) => rotateSecret(ctx, { id: uuidv7() })],
  ["webhooks/send-test-event", ["platform_admin"], (ctx) => sendTestEvent(ctx, { id: uuidv7() })],
  ["webhooks/redeliver-event", ["platform_admin"], (ctx) => redeliverEvent(ctx, { deliveryId: uuidv7() })],
  ["webhooks/queries", ["platform_admin"], (ctx) => listWebhooks(ctx)],
  ["webhooks/queries", ["platform_admin"], (ctx) => getWebhook(ctx, uuidv7())],
  ["webhooks/queries", ["platform_admin"], (ctx) => listDeliveries(ctx, uuidv7(), 1)],
];

/** Verbs that ask for no role, each with its reason. */
const WITHOUT_ROLE: Record<string, string> = {
  "connections/complete-connect": "asks again for what start-connect asked, at the callback; tested there",
  "connections/connect-client-credentials": "a part of start-connect",
  "connections/identify-account": "a part of complete-connect",
  "connections/load-target": "asks for what the verb that calls it names",
  "connections/store-grant": "a part of complete-connect",
  "definitions/apply-definition": "a part of import-integration and preview-import",
  "connections/list-connection-page": "the API's; keys have permissions, not roles",
  "integrations/get-integration-data": "the API's; keys have permissions, not roles",
  "integrations/list-integration-page": "the API's; keys have permissions, not roles",
  "organizations/list-organization-page": "the API's; keys have permissions, not roles",
  "health/read-health-rows": "a part of list-health-page",
  "refresh/confirm-refreshing": "the operator's alone; tested there",
  "refresh/force-refresh": "the API's; keys have permissions, not roles",
  "refresh/read-fresh-integration": "the API's; keys have permissions, not roles",
  "mappings/demand-own-reconnect": "a part of upsert-mapping",
  "mappings/write-overrides": "a part of upsert-mapping",
  "users/accept-setup-link": "whoever has the link",
  "users/accept-sign-in-link": "whoever has the link",
  "users/change-password": "everybody, their own",
  "users/create-first-setup-link": "the first start",
  "users/end-session": "everybody, their own",
  "users/sign-out-everywhere": "everybody, their own",
};

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let world: World;
let people: Record<Who, UserActor>;

beforeAll(async () => {
  db = await openTestDatabase();
  const contoso = await seedOrganization(db, "Contoso");
  const mapped = await seedIntegration(db, { name: "Mapped", defaultEntityId: "common", oauth: {} });
  const own = await seedIntegration(db, { name: "Own", organizationId: contoso.id, oauth: {} });
  await seedMapping(db, mapped.id, contoso.id, { entityId: "contoso" });
  people = {
    platform_admin: await seedUser(db, "platform_admin"),
    technician: await seedUser(db, "technician"),
    viewer: await seedUser(db, "viewer"),
    organization_admin: await seedUser(db, "organization_admin", contoso.id),
    reader: await seedUser(db, "viewer", contoso.id),
  };
  const target = await seedUser(db, "viewer", contoso.id);
  world = { ownId: own.id, mappedId: mapped.id, organizationId: contoso.id, userId: target.id };
});
afterAll(() => db.close());

async function revokeOwnKey(ctx: Ctx): Promise<void> {
  const { apiKey } = await createApiKey(testContext(db), { ...key, organizationId: world.organizationId });
  await revokeApiKey(ctx, { id: apiKey.id });
}

/** The refusals that mean "you may not"; a key of one's own organization is hidden from who may not see any. */
const REFUSALS = ["permission_denied", "scope_forbidden", "api_key_not_found"];

describe("roles", () => {
  it("are asked for by every verb, or the verb is listed with a reason why not", () => {
    const lib = join(import.meta.dirname, "..");
    const nouns = [
      "integrations",
      "connections",
      "organizations",
      "users",
      "api-keys",
      "mappings",
      "config",
      "definitions",
      "refresh",
      "health",
    ];
    const verbs = nouns.flatMap((noun) =>
      readdirSync(join(lib, noun))
        .filter((file) => /^[a-z]+-[a-z-]+\.ts$/.test(file))
        .map((file) => `${noun}/${file.replace(/\.ts$/, "")}`)
        .filter((verb) =>
          /export async function \w+\(\s*ctx: /.test(readFileSync(join(lib, `${verb}.ts`), "utf8")),
        ),
    );
    expect(verbs.length).toBeGreaterThan(30);
    const known = new Set([...TABLE.map(([verb]) => verb), ...Object.keys(WITHOUT_ROLE)]);
    expect(verbs.filter((verb) => !known.has(verb))).toEqual([]);
  });

  it.each(TABLE)("%s is for %j alone", async (_, allowed, attempt) => {
    const outcomes: Who[] = [];
    for (const who of WHO) {
      const code = await attempt(testContext(db, people[who]), world).then(
        () => "done",
        (error: { code?: string }) => error.code ?? String(error),
      );
      expect(code).not.toMatch(/internal|Error/);
      if (!REFUSALS.includes(code)) outcomes.push(who);
    }
    expect(outcomes).toEqual(WHO.filter((who) => allowed.includes(who)));
  });
});
