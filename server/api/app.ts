import { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import { AppError } from "@/lib/errors";
import { authenticate, type Authenticator } from "./authenticate";
import { addConnectionRoutes } from "./connections";
import type { ApiEnv } from "./context";
import { addIntegrationRoutes } from "./integrations";
import { addMappingRoutes } from "./mappings";
import { addOpenApiRoute } from "./openapi";
import { addOrganizationRoutes } from "./organizations";
import { addRefreshRoute } from "./refresh";
import { problemResponse } from "./problem";
import type { ApiServices } from "./services";

const MAX_BODY_BYTES = 1_048_576;

/** The whole of `/api/v1`. It knows nothing of Next; every answer of it is JSON, errors are problem+json. */
export function createApi(services: ApiServices, authenticator: Authenticator): OpenAPIHono<ApiEnv> {
  const api = new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (!result.success) throw validationFailed(result.target, result.error.issues);
    },
  }).basePath("/api/v1");

  api.use(async (context, next) => {
    const startedMs = performance.now();
    await next();
    context.header("cache-control", "no-store");
    const route = routePath(context, -1);
    services.metrics.observe(
      context.req.method,
      route.endsWith("*") ? "/api/v1/*" : route,
      context.res.status,
      performance.now() - startedMs,
    );
  });
  addOpenApiRoute(api, services.publicUrl);
  api.use(authenticate(authenticator));
  api.use(limitBody);
  addIntegrationRoutes(api, services);
  addRefreshRoute(api, services);
  addMappingRoutes(api, services);
  addOrganizationRoutes(api, services);
  addConnectionRoutes(api, services);

  api.notFound((context) => {
    const { method, path } = context.req;
    const error = new AppError(
      "route_not_found",
      `There is no ${method} ${path}. The routes are described at ${services.publicUrl}/api/v1/openapi.json.`,
    );
    return problemResponse(error, services.log);
  });
  api.onError((error) => problemResponse(error, services.log));
  return api;
}

interface Issue {
  code?: string;
  path: PropertyKey[];
  message: string;
  keys?: string[];
}

function validationFailed(target: string, issues: readonly Issue[]): AppError {
  const errors = issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" && issue.keys
      ? issue.keys.map((key) => ({
          path: key,
          message: `There is no ${target} parameter "${key}". Check its name.`,
        }))
      : [{ path: issue.path.join("."), message: issue.message }],
  );
  const fields = errors.map((error) => error.path || target).join(", ");
  return new AppError("validation_failed", `The request is not valid: see errors (${fields}).`, { errors });
}

/** A body must say its length: Node reads no byte beyond it. */
const limitBody: MiddlewareHandler<ApiEnv> = async (context, next) => {
  const length = context.req.header("content-length");
  const isEndless = length === undefined && context.req.header("transfer-encoding") !== undefined;
  if (isEndless || Number(length ?? 0) > MAX_BODY_BYTES) {
    throw new AppError(
      "payload_too_large",
      `A request body may have at most ${MAX_BODY_BYTES} bytes, and its length must be in Content-Length.`,
    );
  }
  await next();
};
