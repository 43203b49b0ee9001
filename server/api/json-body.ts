import type { Context, MiddlewareHandler } from "hono";
import { findJsonError, isExactNumber } from "@/lib/config/find-json-error";
import { JSON_FLAWS, NOT_EXACT } from "@/lib/config/rules";
import { fieldError } from "@/lib/errors";
import type { ApiEnv } from "./context";

const MAX_DEPTH = 40;
const MAX_VALUES = 50_000;

/**
 * Reads a JSON object and refuses what the schemas behind it cannot see or judge: another content type, broken JSON, a body
 * nested without end, the key `__proto__`, a key given twice, and numbers that JavaScript would silently round. It stands before the
 * validators, which find the text already read.
 */
export const jsonBody: MiddlewareHandler<ApiEnv> = async (context, next) => {
  requireJsonType(context);
  const text = await context.req.text();
  const body = parseJson(text);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw fieldError("", "Send one JSON object, such as {}.");
  }
  refuseFlaws(body);
  const flaw = findJsonError(text);
  if (flaw) throw fieldError("", `Line ${flaw.line}, column ${flaw.column}: ${JSON_FLAWS[flaw.kind]}`);
  await next();
};

/** The same where every field may be left out: no body is then an empty object. */
export const optionalJsonBody: MiddlewareHandler<ApiEnv> = async (context, next) => {
  if ((await context.req.text()) !== "") return jsonBody(context, next);
  if (context.req.header("content-type") !== undefined) {
    requireJsonType(context);
    // Where the validators look for the text that was read; without a type they look for none.
    Object.assign(context.req.bodyCache, { text: Promise.resolve("{}") });
  }
  await next();
};

/** No wider than what the validators behind it take. */
function requireJsonType(context: Context<ApiEnv>): void {
  if (/^application\/json *(;|$)/i.test(context.req.header("content-type") ?? "")) return;
  throw fieldError("", "Send the body as JSON, with the header Content-Type: application/json.");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw fieldError("", "The body is not JSON. Check its quotes, commas and braces, and that it is UTF-8.");
  }
}

/** Goes through it without recursion: a body may be nested deeper than the stack. */
function refuseFlaws(body: object): void {
  const open: { value: unknown; path: string; depth: number }[] = [{ value: body, path: "", depth: 0 }];
  let seen = 0;
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const { value, path, depth } = at;
    if (++seen > MAX_VALUES) throw fieldError("", `Send at most ${MAX_VALUES} values in one body.`);
    if (typeof value === "number" && !isExactNumber(value)) {
      throw fieldError(path, NOT_EXACT);
    }
    if (typeof value !== "object" || value === null) continue;
    if (depth >= MAX_DEPTH) throw fieldError(shorten(path), `Nest this at most ${MAX_DEPTH} levels deep.`);
    for (const [key, inner] of Object.entries(value)) {
      const innerPath = shorten(path === "" ? key : `${path}.${key}`);
      if (key === "__proto__") throw fieldError(innerPath, 'No key may be named "__proto__". Rename it.');
      open.push({ value: inner, path: innerPath, depth: depth + 1 });
    }
  }
}

function shorten(path: string): string {
  return path.length > 200 ? `${path.slice(0, 200)}…` : path;
}
