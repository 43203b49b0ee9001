import type { IncomingMessage, ServerResponse } from "node:http";
import { timingSafeEqual } from "node:crypto";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { hashSecret } from "@/lib/crypto/secret-token";
import type { Database } from "@/lib/db/client";
import { isLoopback } from "@/lib/env";
import { addDatabaseGauges } from "./database-gauges";
import { addRefreshMetrics } from "./refresh-metrics";
import { addWebhookMetrics } from "./webhook-metrics";

/** Counts answers. Routes are templates, so that no name of a tenant or an integration becomes a label. */
export interface RequestMetrics {
  observe(method: string, route: string, status: number, durationMs: number): void;
}

export interface Metrics extends RequestMetrics {
  registry: Registry;
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** What every process of ours tells of itself, each line marked with what it is. */
export function createRegistry(db: Database, name: "web" | "worker"): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ process: name });
  collectDefaultMetrics({ register: registry, prefix: "bifrost_" });
  addPoolGauges(db, [registry]);
  addRefreshMetrics([registry]);
  addWebhookMetrics([registry]);
  return registry;
}

/** The web process's metrics, with what the database says of all connections. */
export function createMetrics(db: Database): Metrics {
  const registry = createRegistry(db, "web");
  const registers = [registry];
  const requests = new Counter({
    name: "bifrost_http_requests_total",
    help: "Answers given, by route template and status.",
    labelNames: ["method", "route", "status"],
    registers,
  });
  const durations = new Histogram({
    name: "bifrost_http_request_duration_seconds",
    help: "Time from request to answer, by route template.",
    labelNames: ["method", "route"],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  addDatabaseGauges(db, registers);
  return {
    registry,
    observe(rawMethod, route, status, durationMs) {
      const method = METHODS.has(rawMethod) ? rawMethod : "other";
      requests.inc({ method, route, status });
      durations.observe({ method, route }, durationMs / 1_000);
    },
  };
}

function addPoolGauges(db: Database, registers: Registry[]): void {
  const gauge = new Gauge({
    name: "bifrost_database_connections",
    help: "Connections of this process to PostgreSQL, and requests that wait for one.",
    labelNames: ["state"],
    registers,
    collect() {
      gauge.set({ state: "idle" }, db.pool.idleCount);
      gauge.set({ state: "busy" }, db.pool.totalCount - db.pool.idleCount);
      gauge.set({ state: "waiting" }, db.pool.waitingCount);
    },
  });
}

/** Answers `/metrics` to a peer on this machine, or to whoever knows BIFROST_METRICS_TOKEN. */
export async function answerMetrics(
  request: IncomingMessage,
  response: ServerResponse,
  { read, token }: { read: () => Promise<string>; token: string | undefined },
): Promise<void> {
  if (!mayRead(request, token)) {
    response.writeHead(403, { "content-type": "text/plain; charset=utf-8" });
    response.end(
      "Metrics are for this machine, or for a request with the bearer token BIFROST_METRICS_TOKEN.\n",
    );
    return;
  }
  const text = await read();
  response.writeHead(200, { "content-type": Registry.PROMETHEUS_CONTENT_TYPE, "cache-control": "no-store" });
  response.end(text);
}

function mayRead(request: IncomingMessage, token: string | undefined): boolean {
  const sent = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (token !== undefined && sent !== undefined && timingSafeEqual(hashSecret(sent), hashSecret(token)))
    return true;
  // A proxy on this machine speaks for the world: what it passes on is no local peer.
  const isProxied =
    request.headers["x-forwarded-for"] !== undefined || request.headers["forwarded"] !== undefined;
  const peer = (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  return !isProxied && isLoopback(peer);
}
