import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiServer, seedApiKey, startApiServer } from "@/test/api-server";
import { seedOrganization, seedProvider } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedConnection, seedIntegration, seedMapping, seedValue } from "@/test/integrations";

const run = promisify(execFile);

/** The reference's examples in their order, each with what it says it prints. */
const text = await readFile("docs/sdk.md", "utf8");
const examples = text.split(/^## /m).flatMap((section) => {
  const title = section.split("\n", 1)[0] ?? "";
  const blocks = section.matchAll(/^```ts\n(.*?)^```\n(?:\n```text\n(.*?)^```)?/gms);
  return [...blocks].map(([, code = "", prints]) => ({ title, code, prints }));
});

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let server: ApiServer;
let users: Server;
let folder: string;
let key: string;

beforeAll(async () => {
  db = await openTestDatabase();
  server = await startApiServer(db);
  users = createServer((request, response) => {
    const isAllowed =
      request.headers.authorization === "Bearer provider-token" && request.url === "/v1.0/users";
    response.writeHead(isAllowed ? 200 : 401, { "content-type": "application/json" });
    response.end(JSON.stringify({ value: isAllowed ? ["Ada", "Grace"] : [] }));
  });
  await new Promise<void>((resolve) => users.listen(0, "127.0.0.1", resolve));
  await seedWorld(`http://127.0.0.1:${(users.address() as AddressInfo).port}/v1.0`);
  folder = await mkdtemp(join(tmpdir(), "bifrost-reference-"));
  const installed = join(folder, "node_modules", "bifrost");
  await mkdir(installed, { recursive: true });
  await copyFile("sdk/package.json", join(installed, "package.json"));
  const tsc = "node_modules/typescript/bin/tsc";
  await run(process.execPath, [tsc, "-p", "sdk", "--outDir", join(installed, "dist")]);
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
}, 120_000);
afterAll(async () => {
  users.close();
  await server.close();
  await db.close();
  await rm(folder, { recursive: true, force: true });
});

async function seedWorld(usersUrl: string): Promise<void> {
  const provider = await seedProvider(db);
  const contoso = await seedOrganization(db, "Contoso");
  const fabrikam = await seedOrganization(db, "Fabrikam");
  await seedOrganization(db, "Northwind");
  key = (await seedApiKey(db, provider.id, ["credentials:read", "mappings:write"])).key;

  const graph = await seedIntegration(db, {
    name: "Microsoft_Graph",
    defaultEntityId: "provider-entity",
    oauth: {},
  });
  await seedConnection(db, graph.id, { accessToken: "provider-token" });
  await seedValue(db, graph.id, { key: "base_url", value: usersUrl });
  await seedValue(db, graph.id, { key: "tenant_id", value: "common-tenant" });
  await seedIntegration(db, { name: "Pax8", oauth: {} });

  const halo = await seedIntegration(db, { name: "HaloPSA", oauth: {} });
  await seedConnection(db, halo.id, { accessToken: "default-token" });
  await seedValue(db, halo.id, { key: "base_url", value: "https://halopsa.example" });
  await seedValue(db, halo.id, { key: "custom_field", value: "by default" });
  const acme = { entityId: "tenant-456", entityName: "Acme Corp" };
  const mapping = await seedMapping(db, halo.id, contoso.id, acme);
  await seedConnection(db, halo.id, { mappingId: mapping.id, accessToken: "contoso-token" });
  await seedValue(db, halo.id, {
    key: "base_url",
    value: "https://contoso.halopsa.example",
    mappingId: mapping.id,
  });
  await seedMapping(db, halo.id, fabrikam.id, { entityId: "tenant-789" });
}

describe("docs/sdk.md", () => {
  it("has an example with its output for everything that the package exports", () => {
    const titles = "get require listMappings getMapping upsertMapping deleteMapping".split(" ");
    for (const name of titles) expect(examples.map(({ title }) => title)).toContain(`integrations.${name}`);
    for (const { title, prints } of examples)
      expect({ title, prints }).toEqual({ title, prints: expect.any(String) });
  });

  it.each(examples.map((example, index) => ({ ...example, index })))(
    "$title: example $index prints what it says",
    async ({ code, prints, index }) => {
      const file = join(folder, `example-${index}.ts`);
      await writeFile(file, code);
      const { stdout } = await run(process.execPath, ["--disable-warning=ExperimentalWarning", file], {
        cwd: folder,
        env: { ...process.env, NO_COLOR: "1", BIFROST_URL: server.url, BIFROST_API_KEY: key },
      });
      expect(stdout).toBe(prints);
    },
  );

  it("compiles as a consumer compiles it, without the types of Node", async () => {
    for (const [index, { code }] of examples.entries()) {
      await writeFile(join(folder, `typed-${index}.ts`), `${code}\nexport {};\n`);
    }
    const globals = "declare const process: { env: Record<string, string | undefined> };\n";
    await writeFile(join(folder, "globals.d.ts"), globals);
    const compilerOptions = {
      target: "ES2023",
      module: "nodenext",
      lib: ["ES2023", "DOM"],
      types: [],
      strict: true,
      noEmit: true,
    };
    const files = ["globals.d.ts", ...examples.map((_, index) => `typed-${index}.ts`)];
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
    const tsc = join(process.cwd(), "node_modules/typescript/bin/tsc");
    const outcome = await run(process.execPath, [tsc, "-p", folder]).catch(
      (error: { stdout: string }) => error,
    );
    expect(outcome.stdout).toBe("");
  });
});
