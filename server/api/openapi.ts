import type { OpenAPIHono } from "@hono/zod-openapi";
import { type ApiDocument, publishApiDocument } from "@/lib/api-document";
import type { ApiEnv } from "./context";

/** The OpenAPI 3.1 document, made of the very schemas that validate. Public: it tells nothing of this installation but its address. */
export function addOpenApiRoute(api: OpenAPIHono<ApiEnv>, publicUrl: string): void {
  api.openAPIRegistry.registerComponent("securitySchemes", "apiKey", {
    type: "http",
    scheme: "bearer",
    description: "An API key, made under Settings → API keys.",
  });
  let made: ApiDocument | undefined;
  let body: string | undefined;
  // Made when first asked for: the routes are added after this one.
  const document = () =>
    (made ??= api.getOpenAPI31Document({
      openapi: "3.1.0",
      info: {
        title: "Bifrost",
        version: "1",
        description: "Merged configuration and tokens for integrations. Errors are RFC 9457 problem details.",
      },
      servers: [{ url: publicUrl }],
    }) as unknown as ApiDocument);
  publishApiDocument(document);
  api.get("/openapi.json", (context) => {
    body ??= JSON.stringify(document());
    return context.body(body, 200, { "content-type": "application/json" });
  });
}
