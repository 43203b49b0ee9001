import { z } from "@hono/zod-openapi";
import { ERROR_STATUS, type ErrorCode } from "@/lib/errors";

const codes = Object.keys(ERROR_STATUS) as [ErrorCode, ...ErrorCode[]];

const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().openapi({ description: "What happened and what to do." }),
    code: z.enum(codes).openapi({ description: "Stable: programs may rely on it." }),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .openapi({ description: "With 422: what is wrong with which field." }),
  })
  .openapi("Problem", { description: "RFC 9457 problem details." });

const DESCRIPTIONS = {
  401: "The API key is missing, unknown, revoked or expired.",
  403: "The key's organization or permissions do not allow this.",
  404: "There is no such thing that this key may see.",
  409: "Several things match; name one of them.",
  413: "The body has more than 1 MiB, or does not say its length.",
  422: "A parameter or the body is wrong; `errors` says which part.",
  429: "The key's rate limit is reached; `Retry-After` says how long to wait, in seconds.",
  503: "The database or a key is missing for now; `Retry-After` may say how long.",
} as const;

type ErrorStatus = keyof typeof DESCRIPTIONS;

/** The error answers of a route, for the OpenAPI document. */
export function problems(...statuses: ErrorStatus[]) {
  return Object.fromEntries(
    statuses.flatMap((status) => Object.entries(problem(status, DESCRIPTIONS[status]))),
  );
}

/** One error answer in a route's own words. */
export function problem(status: ErrorStatus, description: string) {
  const content = { "application/problem+json": { schema: problemSchema } };
  return Object.fromEntries([[status, { description, content }]]);
}

/** A JSON answer of a route, for the OpenAPI document. */
export function jsonAnswer<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { "application/json": { schema } } };
}
