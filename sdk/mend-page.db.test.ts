import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ApiServer, seedApiKey, startApiServer } from "@/test/api-server";
import { seedOrganization, seedProvider } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedConnection, seedIntegration, seedMapping } from "@/test/integrations";
import { createClient } from "./src/index";

const BROKEN = { status: "reconnect_required", expiresAt: new Date(0) } as const;

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let server: ApiServer;
let providerKey: string;
let contoso: string;
let name: string;
let page: string;
let integrationId: string;
let count = 0;

beforeAll(async () => {
  db = await openTestDatabase();
  server = await startApiServer(db);
  providerKey = (await seedApiKey(db, (await seedProvider(db)).id)).key;
  contoso = (await seedOrganization(db, "Contoso")).id;
});
beforeEach(async () => {
  name = `Service_${count++}`;
  integrationId = (await seedIntegration(db, { name, oauth: {} })).id;
  page = `${server.url}/settings/integrations/${integrationId}`;
});
afterAll(async () => {
  await server.close();
  await db.close();
});

async function setPolicy(organizationPolicy: "derived" | "none") {
  await db.prisma.integration.update({ where: { id: integrationId }, data: { organizationPolicy } });
}

async function map(entityId: string | undefined = "contoso.example") {
  return (await seedMapping(db, integrationId, contoso, entityId === "" ? {} : { entityId })).id;
}

async function pageNamed(scope: string | undefined = contoso, apiKey = providerKey): Promise<string> {
  const call = createClient({ url: server.url, apiKey }).integrations.require(name, { scope });
  const error: unknown = await call.then(() => null).catch((thrown: unknown) => thrown);
  const message = error instanceof Error ? error.message : "";
  return / Mend it at (\S+)$/.exec(message)?.[1] ?? `nothing, in ${JSON.stringify(message)}`;
}

describe("the page that an error for want of a token names", () => {
  it("is the integration's where nobody has connected it, whoever asks", async () => {
    expect(await pageNamed()).toBe(page);
    expect(await pageNamed("global")).toBe(page);
    await map();
    expect(await pageNamed()).toBe(page);
  });

  it("is the integration's where the default connection is broken", async () => {
    await seedConnection(db, integrationId, BROKEN);
    expect(await pageNamed()).toBe(page);
  });

  it("is the mapping's where the organization's own connection is broken", async () => {
    await seedConnection(db, integrationId, { ...BROKEN, mappingId: await map() });
    expect(await pageNamed()).toBe(`${page}/mappings/${contoso}`);
  });

  it("is the mapping's where the token derived for the organization is broken", async () => {
    await setPolicy("derived");
    await seedConnection(db, integrationId, {});
    const { id } = await seedConnection(db, integrationId, { ...BROKEN, mappingId: await map() });
    await db.prisma.connection.update({ where: { id }, data: { kind: "derived", refreshToken: null } });
    expect(await pageNamed()).toBe(`${page}/mappings/${contoso}`);
  });

  it("is the integration's where there is nothing to derive a token from", async () => {
    await setPolicy("derived");
    await map();
    expect(await pageNamed()).toBe(page);
  });

  it("is the mapping's where the organization has no connection of its own, and needs one", async () => {
    await setPolicy("none");
    await seedConnection(db, integrationId, {});
    expect(await pageNamed()).toBe(`${page}/mappings/${contoso}`);
  });

  it("is the mapping's where it is not there, or does not say what stands in the Token URL", async () => {
    await setPolicy("derived");
    await seedConnection(db, integrationId, {});
    expect(await pageNamed()).toBe(`${page}/mappings/${contoso}`);
    await map("");
    expect(await pageNamed()).toBe(`${page}/mappings/${contoso}`);
  });

  it("is the mapping's for a key that the default connection is not lent to", async () => {
    await seedConnection(db, integrationId, {});
    const { key } = await seedApiKey(db, contoso);
    expect(await pageNamed(undefined, key)).toBe(`${page}/mappings/${contoso}`);
  });
});
