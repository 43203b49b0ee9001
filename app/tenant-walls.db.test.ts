import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiKey } from "@/lib/api-keys/create-api-key";
import { revokeApiKey } from "@/lib/api-keys/revoke-api-key";
import { exportAuditLog } from "@/lib/audit/export-audit-log";
import { auditFilterSchema } from "@/lib/audit/filter";
import type { Ctx } from "@/lib/auth/context";
import { previewSchemaChange } from "@/lib/config/preview-schema-change";
import { setDefaults } from "@/lib/config/set-defaults";
import { updateConfigSchema } from "@/lib/config/update-config-schema";
import { acceptHeldGrant } from "@/lib/connections/accept-held-grant";
import { cancelHandshake } from "@/lib/connections/cancel-handshake";
import { completeConnect } from "@/lib/connections/complete-connect";
import { discardHeldGrant } from "@/lib/connections/discard-held-grant";
import { disconnectConnection } from "@/lib/connections/disconnect-connection";
import { startConnect } from "@/lib/connections/start-connect";
import { testConnection } from "@/lib/connections/test-connection";
import { createIntegration } from "@/lib/integrations/create-integration";
import { listForecast } from "@/lib/health/list-forecast";
import { listHealthPage } from "@/lib/health/list-health-page";
import { listTestTargets } from "@/lib/health/list-test-targets";
import { deleteIntegration } from "@/lib/integrations/delete-integration";
import { exportIntegration } from "@/lib/definitions/export-integration";
import { importIntegration } from "@/lib/definitions/import-integration";
import { previewImport } from "@/lib/definitions/preview-import";
import { getIntegration, listIntegrations } from "@/lib/integrations/queries";
import { integrationListQuery } from "@/lib/integrations/schema";
import { setOrganizationPolicy } from "@/lib/integrations/set-organization-policy";
import { updateIntegration } from "@/lib/integrations/update-integration";
import { deleteMapping } from "@/lib/mappings/delete-mapping";
import { getMappingView } from "@/lib/mappings/get-mapping-view";
import { listMappingRows } from "@/lib/mappings/list-mapping-rows";
import { mappingListQuery } from "@/lib/mappings/schema";
import { upsertMapping } from "@/lib/mappings/upsert-mapping";
import { listActivityPage } from "@/lib/refresh/list-activity-page";
import { refreshToken } from "@/lib/refresh/refresh-token";
import { createOrganization } from "@/lib/organizations/create-organization";
import { deactivateOrganization } from "@/lib/organizations/deactivate-organization";
import { searchOrganizations } from "@/lib/organizations/queries";
import { reactivateOrganization } from "@/lib/organizations/reactivate-organization";
import { renameOrganization } from "@/lib/organizations/rename-organization";
import { changeUserRole } from "@/lib/users/change-user-role";
import { createUser } from "@/lib/users/create-user";
import { deactivateUser } from "@/lib/users/deactivate-user";
import { endOwnSession } from "@/lib/users/end-session";
import { reactivateUser } from "@/lib/users/reactivate-user";
import { renewSetupLink } from "@/lib/users/renew-setup-link";
import { createWebhook } from "@/lib/webhooks/create-webhook";
import { deleteWebhook } from "@/lib/webhooks/delete-webhook";
import { disableWebhook } from "@/lib/webhooks/disable-webhook";
import { enableWebhook } from "@/lib/webhooks/enable-webhook";
import { getWebhook, listDeliveries } from "@/lib/webhooks/queries";
import { redeliverEvent } from "@/lib/webhooks/redeliver-event";
import { rotateSecret } from "@/lib/webhooks/rotate-secret";
import { sendTestEvent } from "@/lib/webhooks/send-test-event";
import { updateWebhook } from "@/lib/webhooks/update-webhook";
import { testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { CANARY, seedTenantWorld, storedOf, type TenantWorld } from "@/test/tenant-world";

/** What the route or action does with another tenant's ids: its verbs, as the code behind it must import them. */
interface Wall {
  verbs: string[];
  /** Each is tried by a managed organization's admin; it must be refused with a code, or tell nothing of the other. */
  tries: (ctx: Ctx, world: TenantWorld) => Record<string, () => Promise<unknown>>;
}

const connection = (verb: string, work: (ctx: Ctx, input: object) => Promise<unknown>): Wall => ({
  verbs: [`connections/${verb}`],
  tries: (ctx, { foreign, globalId }) => ({
    integration_not_found: () => work(ctx, { integrationId: foreign.integrationId }),
    scope_forbidden: () => work(ctx, { integrationId: globalId, organizationId: foreign.organizationId }),
    permission_denied: () => work(ctx, { integrationId: globalId }),
  }),
});
const user = (verb: string, work: (ctx: Ctx, input: { id: string }) => Promise<unknown>): Wall => ({
  verbs: [`users/${verb}`],
  tries: (ctx, { foreign }) => ({ user_not_found: () => work(ctx, { id: foreign.userId }) }),
});
const organization = (verb: string, work: (ctx: Ctx, input: { id: string }) => Promise<unknown>): Wall => ({
  verbs: [`organizations/${verb}`],
  tries: (ctx, { foreign }) => ({ permission_denied: () => work(ctx, { id: foreign.organizationId }) }),
});
/** An edit of an integration's configuration: another tenant's, and one that is everybody's. */
const configuration = (verb: string, work: (ctx: Ctx, input: object) => Promise<unknown>): Wall => ({
  verbs: [verb],
  tries: (ctx, { foreign, globalId }) => {
    const edit = { version: 1, fields: [], values: {}, organizationPolicy: "none" };
    return {
      integration_not_found: () => work(ctx, { ...edit, integrationId: foreign.integrationId }),
      permission_denied: () => work(ctx, { ...edit, integrationId: globalId }),
    };
  },
});
/** An import into another tenant, and over what is everybody's. */
const definition = (verb: string, work: (ctx: Ctx, input: object) => Promise<unknown>): Wall => ({
  verbs: [`definitions/${verb}`],
  tries: (ctx, { foreign }) => {
    const input = { text: "bifrost: integration/v1\nname: Microsoft_Graph\n", expectedVersion: 1 };
    return {
      permission_denied: () => work(ctx, { ...input, organizationId: foreign.organizationId }),
      permission_denied_too: () => work(ctx, input),
    };
  },
});
const mapping = (verb: string, work: (ctx: Ctx, input: object) => Promise<unknown>): Wall => ({
  verbs: [verb],
  tries: (ctx, { foreign, globalId, own }) => ({
    scope_forbidden: () => work(ctx, { integrationId: globalId, organizationId: foreign.organizationId }),
    integration_not_found: () => work(ctx, { integrationId: foreign.integrationId, organizationId: own.id }),
  }),
});
const mappingRows: Wall = {
  verbs: ["mappings/list-mapping-rows"],
  tries: (ctx, { foreign, globalId }) => ({
    nothing: () => listMappingRows(ctx, globalId, mappingListQuery.parse({})),
    integration_not_found: () => listMappingRows(ctx, foreign.integrationId, mappingListQuery.parse({})),
  }),
};
const mappingView: Wall = {
  verbs: ["mappings/get-mapping-view"],
  tries: (ctx, { foreign, globalId, own }) => ({
    scope_forbidden: () => getMappingView(ctx, globalId, foreign.organizationId),
    integration_not_found: () => getMappingView(ctx, foreign.integrationId, own.id),
  }),
};
const activity: Wall = {
  verbs: ["refresh/list-activity-page"],
  tries: (ctx, { foreign, globalId }) => ({
    nothing: () => listActivityPage(ctx, globalId, {}),
    nothing_too: () => listActivityPage(ctx, globalId, { organization: foreign.organizationId }),
    integration_not_found: () => listActivityPage(ctx, foreign.integrationId, {}),
  }),
};
/** Webhooks are the provider's alone, whatever id is named. */
const webhooks = (verb: string, work: (ctx: Ctx, id: string) => Promise<unknown>): Wall => ({
  verbs: [verb],
  tries: (ctx, { foreign }) => ({ permission_denied: () => work(ctx, foreign.integrationId) }),
});
const oauth = null;

/** Every server action, and every route handler and page that takes something from its address. */
const WALLS: Record<string, Wall | { takesNoId: string }> = {
  "(admin)/account/actions.ts changePasswordAction": { takesNoId: "changes the caller's own password" },
  "(admin)/account/actions.ts endSessionAction": {
    verbs: ["users/end-session"],
    tries: (ctx, { foreign }) => ({ nothing: () => endOwnSession(ctx, { sessionId: foreign.sessionId }) }),
  },
  "(admin)/account/actions.ts signOutEverywhereAction": { takesNoId: "ends the caller's own sessions" },
  "(admin)/sign-out-action.ts signOutAction": { takesNoId: "ends the caller's own session" },
  "(auth)/sign-in/actions.ts signInAction": { takesNoId: "takes a password" },
  "(auth)/sign-in/link/[token]/route.ts GET": { takesNoId: "takes a secret of 256 bit" },
  "(auth)/sign-in/single-sign-on/route.ts GET": { takesNoId: "sends to the identity server" },
  "(auth)/setup/[token]/actions.ts createFirstAdminAction": { takesNoId: "takes a secret of 256 bit" },
  "(auth)/setup/[token]/actions.ts choosePasswordAction": { takesNoId: "takes a secret of 256 bit" },
  "(auth)/setup/[token]/page.tsx": { takesNoId: "takes a secret of 256 bit" },
  "api/auth/[...nextauth]/route.ts GET": { takesNoId: "next-auth's own" },
  "api/auth/[...nextauth]/route.ts POST": { takesNoId: "next-auth's own" },
  "(admin)/settings/api-keys/actions.ts createApiKeyAction": {
    verbs: ["api-keys/create-api-key"],
    tries: (ctx, { foreign, own }) => {
      const key = { name: "x", permissions: ["integrations:read" as const] };
      return {
        scope_forbidden: () => createApiKey(ctx, { ...key, organizationId: foreign.organizationId }),
        validation_failed: () => createApiKey(ctx, { ...key, integrationIds: [foreign.integrationId] }),
        validation_failed_too: () =>
          createApiKey(ctx, { ...key, organizationId: own.id, organizationIds: [foreign.organizationId] }),
      };
    },
  },
  "(admin)/settings/api-keys/actions.ts revokeApiKeyAction": {
    verbs: ["api-keys/revoke-api-key"],
    tries: (ctx, { foreign }) => ({ api_key_not_found: () => revokeApiKey(ctx, { id: foreign.apiKeyId }) }),
  },
  "(admin)/settings/integrations/actions.ts createIntegrationAction": {
    verbs: ["integrations/create-integration"],
    tries: (ctx, { foreign }) => ({
      permission_denied: () =>
        createIntegration(ctx, { name: "Mine", organizationId: foreign.organizationId, oauth }),
    }),
  },
  "(admin)/settings/integrations/actions.ts updateIntegrationAction": {
    verbs: ["integrations/update-integration"],
    tries: (ctx, { foreign, globalId }) => ({
      integration_not_found: () =>
        updateIntegration(ctx, { id: foreign.integrationId, version: 1, name: "Mine", oauth }),
      permission_denied: () => updateIntegration(ctx, { id: globalId, version: 1, name: "Mine", oauth }),
    }),
  },
  "(admin)/settings/integrations/actions.ts deleteIntegrationAction": {
    verbs: ["integrations/delete-integration"],
    tries: (ctx, { foreign, globalId }) => ({
      integration_not_found: () =>
        deleteIntegration(ctx, { id: foreign.integrationId, confirmName: `${CANARY}-integration` }),
      permission_denied: () => deleteIntegration(ctx, { id: globalId, confirmName: "Microsoft_Graph" }),
    }),
  },
  "(admin)/settings/integrations/connection-actions.ts connectAction": connection(
    "start-connect",
    startConnect,
  ),
  "(admin)/settings/integrations/connection-actions.ts cancelConsentAction": connection(
    "cancel-handshake",
    cancelHandshake,
  ),
  "(admin)/settings/integrations/connection-actions.ts acceptAccountAction": connection(
    "accept-held-grant",
    acceptHeldGrant,
  ),
  "(admin)/settings/integrations/connection-actions.ts keepAccountAction": connection(
    "discard-held-grant",
    discardHeldGrant,
  ),
  "(admin)/settings/integrations/connection-actions.ts disconnectAction": connection(
    "disconnect-connection",
    disconnectConnection,
  ),
  "(admin)/settings/integrations/connection-actions.ts refreshTokenAction": {
    ...connection("test-connection", refreshToken),
    verbs: ["refresh/refresh-token"],
  },
  "(admin)/settings/integrations/connection-actions.ts testConnectionAction": connection(
    "test-connection",
    testConnection,
  ),
  "(admin)/settings/integrations/connection-actions.ts createScriptKeyAction": {
    verbs: ["integrations/queries", "api-keys/create-api-key"],
    tries: (ctx, { foreign }) => ({
      integration_not_found: () => getIntegration(ctx, foreign.integrationId),
    }),
  },
  "(admin)/settings/integrations/[id]/layout.tsx": readsIntegration("load-integration-view"),
  "(admin)/settings/integrations/[id]/page.tsx": { takesNoId: "shows what its layout has loaded" },
  "(admin)/settings/integrations/[id]/configuration/page.tsx": readsIntegration("load-integration-view"),
  "(admin)/settings/integrations/[id]/mappings/page.tsx": mappingRows,
  "(admin)/settings/integrations/[id]/mappings/[organizationId]/page.tsx": mappingView,
  "(admin)/settings/integrations/configuration-actions.ts previewSchemaAction": configuration(
    "config/preview-schema-change",
    previewSchemaChange,
  ),
  "(admin)/settings/integrations/configuration-actions.ts saveSchemaAction": configuration(
    "config/update-config-schema",
    updateConfigSchema,
  ),
  "(admin)/settings/integrations/configuration-actions.ts saveDefaultsAction": configuration(
    "config/set-defaults",
    setDefaults,
  ),
  "(admin)/settings/integrations/mapping-actions.ts setPolicyAction": configuration(
    "integrations/set-organization-policy",
    setOrganizationPolicy,
  ),
  "(admin)/settings/integrations/mapping-actions.ts saveMappingAction": mapping(
    "mappings/upsert-mapping",
    upsertMapping,
  ),
  "(admin)/settings/integrations/mapping-actions.ts removeMappingAction": mapping(
    "mappings/delete-mapping",
    deleteMapping,
  ),
  "api/integrations/[id]/mappings/route.ts GET": mappingRows,
  "api/integrations/[id]/mappings/unmapped/route.ts GET": mappingRows,
  "api/integrations/[id]/mappings/[organizationId]/route.ts GET": mappingView,
  "(admin)/settings/integrations/[id]/activity/page.tsx": activity,
  "api/integrations/[id]/activity/route.ts GET": activity,
  "api/health/route.ts GET": {
    verbs: ["health/list-health-page"],
    tries: (ctx, { foreign, globalId }) => ({
      nothing: () => listHealthPage(ctx, { show: "all" }),
      nothing_too: () => listHealthPage(ctx, { organization: foreign.organizationId, integration: globalId }),
      nothing_too_too: () => listForecast(ctx),
    }),
  },
  "api/health/targets/route.ts GET": {
    verbs: ["health/list-test-targets"],
    tries: (ctx, { foreign }) => ({
      nothing: () => listTestTargets(ctx, {}),
      nothing_too: () => listTestTargets(ctx, { organization: foreign.organizationId }),
    }),
  },
  "api/health/test/route.ts POST": connection("test-connection", testConnection),
  "api/integrations/[id]/export/route.ts POST": {
    verbs: ["definitions/export-integration"],
    tries: (ctx, { foreign, globalId }) => ({
      integration_not_found: () => exportIntegration(ctx, { integrationId: foreign.integrationId }),
      permission_denied: () => exportIntegration(ctx, { integrationId: globalId }),
    }),
  },
  "(admin)/settings/integrations/import/actions.ts previewImportAction": definition(
    "preview-import",
    previewImport,
  ),
  "(admin)/settings/integrations/import/actions.ts importIntegrationAction": definition(
    "import-integration",
    importIntegration,
  ),
  "api/integrations/[id]/route.ts GET": readsIntegration(),
  "api/integrations/route.ts GET": listsIntegrations(),
  "api/integrations/commands/route.ts GET": listsIntegrations(),
  "api/integrations/search/route.ts GET": listsIntegrations(),
  "api/integrations/redirect-uri/route.ts GET": {
    takesNoId: "takes a name, and asks for integrations.write",
  },
  "api/organizations/route.ts GET": {
    verbs: ["organizations/queries"],
    tries: (ctx) => ({ nothing: () => searchOrganizations(ctx, CANARY, 20) }),
  },
  "api/audit/export/route.ts POST": {
    verbs: ["audit/export-audit-log"],
    tries: (ctx, { foreign }) => ({
      nothing: async () => {
        const filters = [
          { organization: foreign.organizationId },
          { who: foreign.userId },
          { target: CANARY },
          {},
        ];
        let text = "";
        for (const filter of filters) {
          const pieces = await exportAuditLog(ctx, auditFilterSchema.parse(filter), "jsonl");
          for await (const piece of pieces) text += piece;
        }
        // What the caller asked for stands in the record of the asking.
        return text.replaceAll(`"filter":{"target":"${CANARY}"}`, "");
      },
    }),
  },
  "oauth/callback/[slug]/route.ts GET": {
    verbs: ["connections/complete-connect"],
    tries: (ctx) => ({
      nothing: () =>
        completeConnect(ctx, { slug: "slug", params: new URLSearchParams({ state: "x", code: "y" }) }),
    }),
  },
  "(admin)/settings/organizations/actions.ts createOrganizationAction": {
    verbs: ["organizations/create-organization"],
    tries: (ctx) => ({ permission_denied: () => createOrganization(ctx, { name: "Mine" }) }),
  },
  "(admin)/settings/organizations/actions.ts renameOrganizationAction": organization(
    "rename-organization",
    (ctx, { id }) => renameOrganization(ctx, { id, name: "Mine" }),
  ),
  "(admin)/settings/organizations/actions.ts deactivateOrganizationAction": organization(
    "deactivate-organization",
    deactivateOrganization,
  ),
  "(admin)/settings/organizations/actions.ts reactivateOrganizationAction": organization(
    "reactivate-organization",
    reactivateOrganization,
  ),
  "(admin)/settings/webhooks/actions.ts createWebhookAction": webhooks("webhooks/create-webhook", (ctx) =>
    createWebhook(ctx, { name: "Mine", format: "slack", url: "https://hooks.example.com", events: [] }),
  ),
  "(admin)/settings/webhooks/actions.ts updateWebhookAction": webhooks("webhooks/update-webhook", (ctx, id) =>
    updateWebhook(ctx, { id, name: "Mine", events: [] }),
  ),
  "(admin)/settings/webhooks/actions.ts deleteWebhookAction": webhooks("webhooks/delete-webhook", (ctx, id) =>
    deleteWebhook(ctx, { id, confirmName: "Mine" }),
  ),
  "(admin)/settings/webhooks/actions.ts enableWebhookAction": webhooks("webhooks/enable-webhook", (ctx, id) =>
    enableWebhook(ctx, { id }),
  ),
  "(admin)/settings/webhooks/actions.ts disableWebhookAction": webhooks(
    "webhooks/disable-webhook",
    (ctx, id) => disableWebhook(ctx, { id }),
  ),
  "(admin)/settings/webhooks/actions.ts rotateSecretAction": webhooks("webhooks/rotate-secret", (ctx, id) =>
    rotateSecret(ctx, { id }),
  ),
  "(admin)/settings/webhooks/actions.ts sendTestEventAction": webhooks(
    "webhooks/send-test-event",
    (ctx, id) => sendTestEvent(ctx, { id }),
  ),
  "(admin)/settings/webhooks/actions.ts redeliverAction": webhooks("webhooks/redeliver-event", (ctx, id) =>
    redeliverEvent(ctx, { deliveryId: id }),
  ),
  "(admin)/settings/webhooks/[webhookId]/page.tsx": webhooks("webhooks/queries", (ctx, id) =>
    listDeliveries(ctx, id, 1),
  ),
  "(admin)/settings/webhooks/[webhookId]/edit/page.tsx": webhooks("load-webhook", (ctx, id) =>
    getWebhook(ctx, id),
  ),
  "(admin)/settings/users/actions.ts createUserAction": {
    verbs: ["users/create-user"],
    tries: (ctx, { foreign }) => ({
      scope_forbidden: () =>
        createUser(ctx, { email: "x@example.com", role: "viewer", organizationId: foreign.organizationId }),
    }),
  },
  "(admin)/settings/users/actions.ts changeUserRoleAction": user("change-user-role", (ctx, { id }) =>
    changeUserRole(ctx, { id, role: "viewer" }),
  ),
  "(admin)/settings/users/actions.ts renewSetupLinkAction": user("renew-setup-link", renewSetupLink),
  "(admin)/settings/users/actions.ts deactivateUserAction": user("deactivate-user", deactivateUser),
  "(admin)/settings/users/actions.ts reactivateUserAction": user("reactivate-user", reactivateUser),
};

function readsIntegration(by = "integrations/queries"): Wall {
  return {
    verbs: [by],
    tries: (ctx, { foreign }) => ({
      integration_not_found: () => getIntegration(ctx, foreign.integrationId),
    }),
  };
}

function listsIntegrations(): Wall {
  return {
    verbs: ["integrations/queries"],
    tries: (ctx, { foreign }) => ({
      nothing: () =>
        listIntegrations(ctx, integrationListQuery.parse({ availableTo: foreign.organizationId, q: CANARY })),
    }),
  };
}

/** The places under app/ where something comes in: actions by name, route handlers by method, pages with an id in them. */
function findEntries(): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })) {
    if (!/\.tsx?$/.test(path) || path.includes(".test.")) continue;
    const text = readFileSync(join(import.meta.dirname, path), "utf8");
    const isActions = /^"use server";/m.test(text.slice(0, 200));
    if (isActions || path.endsWith("route.ts")) {
      const declared = [...text.matchAll(/^export (?:async function|const|function) (\w+)/gm)].map(
        ([, name]) => name,
      );
      // `export { handler as GET, handler as POST }`
      const renamed = [...text.matchAll(/\bas (GET|POST|PUT|PATCH|DELETE)\b/g)].map(([, name]) => name);
      const isHandler = (name: string) =>
        isActions || /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/.test(name);
      for (const name of [...declared, ...renamed])
        if (name && isHandler(name)) found.set(`${path} ${name}`, text);
    } else if (/\[.+\]\/(.*\/)?(page|layout)\.tsx$/.test(path)) found.set(path, text);
  }
  return found;
}

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let world: TenantWorld;

beforeAll(async () => {
  db = await openTestDatabase();
  world = await seedTenantWorld(db);
});
afterAll(() => db.close());

describe("the walls between tenants, over the screens", () => {
  const entries = findEntries();

  it("have an entry for every server action, route handler and page with an id", () => {
    expect(entries.size).toBeGreaterThan(30);
    expect([...entries.keys()].filter((name) => !(name in WALLS))).toEqual([]);
    expect(Object.keys(WALLS).filter((name) => !entries.has(name))).toEqual([]);
  });

  it("stand in the verbs that the actions and handlers call", () => {
    for (const [name, wall] of Object.entries(WALLS)) {
      if ("takesNoId" in wall) continue;
      for (const verb of wall.verbs) expect(entries.get(name), `${name} → ${verb}`).toContain(`/${verb}"`);
    }
  });

  const tried = Object.entries(WALLS).flatMap(([name, wall]) =>
    "takesNoId" in wall ? [] : [{ name, wall }],
  );
  it.each(tried)(
    "$name tells a managed admin nothing of another tenant, and changes nothing there",
    async ({ wall }) => {
      const ctx = testContext(db, world.own.admin);
      for (const [expected, attempt] of Object.entries(wall.tries(ctx, world))) {
        const before = await storedOf(db, world);
        const outcome = await attempt().then(
          (value) => ({ code: "nothing", text: JSON.stringify(value) ?? "" }),
          (error: { code?: string; message?: string }) => ({
            code: error.code ?? String(error),
            text: String(error.message),
          }),
        );
        expect(outcome.code).toBe(expected.replace(/(_too)+$/, ""));
        expect(outcome.text).not.toContain(CANARY);
        expect(await storedOf(db, world)).toBe(before);
      }
    },
  );
});
