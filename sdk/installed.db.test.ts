import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiServer, seedApiKey, startApiServer } from "@/test/api-server";
import { seedProvider } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedConnection, seedIntegration } from "@/test/integrations";

const run = promisify(execFile);

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let server: ApiServer;
let folder: string;

beforeAll(async () => {
  await run(process.execPath, ["scripts/build-sdk.mjs"]);
  db = await openTestDatabase();
  server = await startApiServer(db);
  folder = await mkdtemp(join(tmpdir(), "bifrost-consumer-"));
}, 120_000);
afterAll(async () => {
  await server.close();
  await db.close();
  await rm(folder, { recursive: true, force: true });
});

const SCRIPT = `
import { integrations } from "bifrost";
const graph = await integrations.require("Microsoft_Graph");
const response = await graph.fetch(process.argv[2]);
console.log(JSON.stringify((await response.json()).value.map((user) => user.displayName)));
`;

const TYPED = `
import { BifrostError, createClient, integrations, type IntegrationData } from "bifrost";
const graph: IntegrationData | null = await integrations.get("Microsoft_Graph", { orgId: "x" });
const token: string | null | undefined = graph?.oauth?.accessToken;
export const response: Response | undefined = await graph?.fetch("/users", { method: "POST" });
export const retryAfter = (error: BifrostError): number | undefined => error.retryAfter;
// @ts-expect-error the wire's names are not this package's
export const wrong = graph?.entity_id;
export { createClient, token };
`;

describe("the package as a script installs it from the server", () => {
  it("reads users with the integration's token, from an empty folder", { timeout: 120_000 }, async () => {
    const users = createServer((request, response) => {
      const isAllowed = request.headers.authorization === "Bearer access-token";
      response.writeHead(isAllowed ? 200 : 401, { "content-type": "application/json" });
      response.end(
        JSON.stringify({ value: isAllowed ? [{ displayName: "Ada" }, { displayName: "Grace" }] : [] }),
      );
    });
    await new Promise<void>((resolve) => users.listen(0, "127.0.0.1", resolve));
    const host = `127.0.0.1:${(users.address() as AddressInfo).port}`;
    const graph = await seedIntegration(db, { name: "Microsoft_Graph", apiHosts: [host], oauth: {} });
    await seedConnection(db, graph.id, {});
    const { key } = await seedApiKey(db, (await seedProvider(db)).id);

    const env = { ...process.env, BIFROST_URL: server.url, BIFROST_API_KEY: key };
    await run("npm", ["install", "--no-audit", "--no-fund", `${server.url}/sdk/bifrost.tgz`], {
      cwd: folder,
      env,
    });
    await writeFile(join(folder, "script.mjs"), SCRIPT);
    const { stdout } = await run(process.execPath, ["script.mjs", `http://${host}/v1.0/users`], {
      cwd: folder,
      env,
    });
    users.close();
    expect(JSON.parse(stdout)).toEqual(["Ada", "Grace"]);
  });

  it("types what it gives", async () => {
    await writeFile(join(folder, "typed.mts"), TYPED);
    const tsc = join(process.cwd(), "node_modules", "typescript", "bin", "tsc");
    const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "typed.mts"];
    const result = await run(process.execPath, [tsc, ...options], { cwd: folder }).catch(
      (error: { stdout: string }) => error,
    );
    expect(result.stdout).toBe("");
  });
});
