import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Logger } from "pino";
import type { Services } from "@/lib/auth/context";
import type { Env } from "@/lib/env";
import { createApi } from "./api/app";
import { createAuthenticator } from "./api/authenticate";
import { createPlainRead } from "./api/read-integration";
import { cleanHeaders, parseProxyRanges } from "./client-address";
import { answerMetrics, createMetrics } from "./metrics";
import { answerOtherHost } from "./public-host";
import { checkReadiness } from "./readiness";
import { answerSdkPackage } from "./sdk-package";
import { withWorkerMetrics } from "./worker-metrics";

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

export interface FrontOptions {
  services: Services;
  env: Pick<
    Env,
    | "publicUrl"
    | "host"
    | "trustedProxies"
    | "metricsToken"
    | "workerMetricsPort"
    | "showWorkerMetrics"
    | "apiRateLimitPerSecond"
  >;
  log: Logger;
  /** Next, which answers everything that is not answered here. */
  screens: Answer;
  isDraining: () => boolean;
}

const MAX_FORM_BYTES = 2 * 1_048_576;
const BODILESS = new Set(["GET", "HEAD", "OPTIONS"]);

/** Answers the API, the probes, the metrics and the SDK itself and hands the rest to the screens. */
export function createFront({ services, env, log, screens, isDraining }: FrontOptions): RequestListener {
  const metrics = createMetrics(services.db);
  const apiServices = { ...services, log, metrics, rateLimitPerSecond: env.apiRateLimitPerSecond };
  const authenticator = createAuthenticator(apiServices);
  const api = createApi(apiServices, authenticator);
  const answerPlainRead = createPlainRead(apiServices, authenticator);
  const answerApi = getRequestListener((request, bindings) => api.fetch(request, bindings), {
    overrideGlobalObjects: false,
  });
  const trusted = parseProxyRanges(env.trustedProxies);
  const protocol = env.publicUrl.startsWith("https:") ? "https" : "http";

  const own: Record<string, Answer> = {
    "/healthz": (_, response) => answerJson(response, 200, { status: "ok" }),
    "/readyz": async (_, response) => {
      const readiness = await checkReadiness(services);
      const ready = readiness.ready && !isDraining();
      answerJson(response, ready ? 200 : 503, { ...readiness, ready });
    },
    "/metrics": (request, response) =>
      answerMetrics(request, response, {
        read: async () => withWorkerMetrics(await metrics.registry.metrics(), env),
        token: env.metricsToken,
      }),
    "/sdk/bifrost.tgz": answerSdkPackage,
  };

  return (request, response) => {
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    if (isDraining()) response.setHeader("connection", "close");
    if (path.startsWith("/api/v1/") || path === "/api/v1") {
      cleanHeaders(request, trusted, protocol);
      if (!answerPlainRead(request, response)) void answerApi(request, response);
      return;
    }
    const answer = Object.hasOwn(own, path) ? own[path] : undefined;
    const startedMs = performance.now();
    response.once("close", () => {
      metrics.observe(
        request.method ?? "",
        answer ? path : "screens",
        response.statusCode,
        performance.now() - startedMs,
      );
    });
    if (answer && request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { allow: "GET, HEAD" }).end();
      return;
    }
    if (!answer) {
      cleanHeaders(request, trusted, protocol);
      if (answerOtherHost(request, response, env.publicUrl) || refuseBody(request, response)) return;
    }
    Promise.resolve((answer ?? screens)(request, response)).catch((error: unknown) => {
      log.error({ err: error, route: answer ? path : "screens" }, "a request failed");
      if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain; charset=utf-8" });
      response.end("Something went wrong on the server.\n");
    });
  };
}

/** Screens take forms, never uploads: a body must say its length, and stay below the cap. */
function refuseBody(request: IncomingMessage, response: ServerResponse): boolean {
  if (BODILESS.has(request.method ?? "")) return false;
  const length = request.headers["content-length"];
  const isUnknown = length === undefined && request.headers["transfer-encoding"] !== undefined;
  if (!isUnknown && Number(length ?? 0) <= MAX_FORM_BYTES) return false;
  response.writeHead(isUnknown ? 411 : 413, {
    "content-type": "text/plain; charset=utf-8",
    connection: "close",
  });
  response.end(isUnknown ? "Say how long the body is.\n" : `Send at most ${MAX_FORM_BYTES} bytes.\n`);
  return true;
}

function answerJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}
