import { get } from "node:http";
import type { Database } from "@/lib/db/client";
import type { Env } from "@/lib/env";
import { closeServer, createHttpServer, listenOrEnd } from "./http-server";
import { answerMetrics, createRegistry } from "./metrics";
import { mergeMetrics } from "./merge-metrics";

type Settings = Pick<Env, "host" | "metricsToken" | "workerMetricsPort" | "showWorkerMetrics">;

/**
 * Serves `/metrics` and `/healthz` of a worker process on the port that was set for it; nothing without one.
 * @returns what ends it
 */
export async function serveWorkerMetrics(db: Database, env: Settings): Promise<() => Promise<void>> {
  // Counting begins with the process, whether anybody looks or not.
  const registry = createRegistry(db, "worker");
  if (env.workerMetricsPort === undefined) return async () => undefined;
  const server = createHttpServer((request, response) => {
    const path = (request.url ?? "/").split("?", 1)[0];
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (path === "/metrics" && isRead) {
      const options = { read: () => registry.metrics(), token: env.metricsToken };
      void answerMetrics(request, response, options);
      return;
    }
    const isHealth = path === "/healthz" && isRead;
    response.writeHead(isHealth ? 200 : 404, { "content-type": "application/json" });
    response.end(JSON.stringify({ status: isHealth ? "ok" : "not found" }));
  });
  await listenOrEnd(server, env.workerMetricsPort, env.host, "BIFROST_WORKER_METRICS_PORT");
  return () => closeServer(server);
}

const TIMEOUT_MS = 1_000;

/** Under `npm start`, where one look must show both processes: the text given with the worker's, and whether that answered. */
export async function withWorkerMetrics(text: string, env: Settings): Promise<string> {
  if (!env.showWorkerMetrics || env.workerMetricsPort === undefined) return text;
  const theirs = await read(env.workerMetricsPort, env).catch(() => null);
  const up = `# HELP bifrost_worker_up Whether the worker process answered.\n# TYPE bifrost_worker_up gauge\nbifrost_worker_up ${theirs === null ? 0 : 1}\n`;
  return mergeMetrics([text, theirs ?? "", up]);
}

function read(port: number, { host, metricsToken }: Settings): Promise<string> {
  const headers = metricsToken === undefined ? {} : { authorization: `Bearer ${metricsToken}` };
  const options = {
    port,
    host: ANY.has(host) ? "127.0.0.1" : host,
    path: "/metrics",
    headers,
    timeout: TIMEOUT_MS,
  };
  return new Promise((resolve, reject) => {
    const request = get(options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("error", reject);
      response.on("end", () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error(`HTTP ${response.statusCode}`)),
      );
    });
    request.on("timeout", () => request.destroy(new Error("no answer in time")));
    request.on("error", reject);
  });
}

/** Hosts that a server listens on, and nobody can be asked at. */
const ANY = new Set(["0.0.0.0", "::", "[::]"]);
