import { type AddressInfo, connect } from "node:net";
import { pino } from "pino";
import { createApiKey } from "@/lib/api-keys/create-api-key";
import type { ApiKeyPermission } from "@/lib/auth/actor";
import type { Database } from "@/lib/db/client";
import { createFront, type FrontOptions } from "@/server/front";
import { closeServer, createHttpServer } from "@/server/http-server";
import { testContext } from "./context";

export interface ApiServer {
  url: string;
  /** Everything the server logged. */
  logged: string[];
  close(): Promise<void>;
}

/** Settings of a server for tests and benches: on loopback, without a rate limit. */
export const FRONT_ENV = {
  host: "127.0.0.1",
  trustedProxies: [],
  metricsToken: undefined,
  workerMetricsPort: undefined,
  showWorkerMetrics: false,
  apiRateLimitPerSecond: 0,
} satisfies Omit<FrontOptions["env"], "publicUrl">;

/** The web process's server on a free port, all of it but the screens of Next: those answer the headers they got. */
export async function startApiServer(
  db: Database,
  env: Partial<Omit<FrontOptions["env"], "publicUrl">> = {},
): Promise<ApiServer> {
  const logged: string[] = [];
  const server = createHttpServer((request, response) => front(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { actor: _, ...services } = testContext(db, undefined, { publicUrl: url });
  const front = createFront({
    services,
    env: { ...FRONT_ENV, publicUrl: url, ...env },
    log: pino({ level: "trace" }, { write: (line: string) => logged.push(line) }),
    screens: (request, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify(request.headers));
    },
    isDraining: () => false,
  });
  return { url, logged, close: () => closeServer(server) };
}

/** A fresh API key; `key` is what a caller sends. */
export async function seedApiKey(
  db: Database,
  organizationId: string,
  permissions: ApiKeyPermission[] = ["credentials:read"],
): Promise<{ id: string; key: string }> {
  const { apiKey, key } = await createApiKey(testContext(db), { name: "test", organizationId, permissions });
  return { id: apiKey.id, key };
}

/** Sends bytes as they are and gives what comes back until the server closes. */
export function sendRaw(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(bytes));
    let answer = "";
    socket.on("data", (chunk) => (answer += String(chunk)));
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}
