import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { Actor, Origin } from "@/lib/auth/actor";
import { CLIENT_ADDRESS_HEADER } from "@/lib/auth/client-address";
import type { Ctx } from "@/lib/auth/context";
import type { Caller } from "./authenticate";
import type { ApiServices } from "./services";

export interface ApiEnv {
  Bindings: Partial<HttpBindings>;
  Variables: { caller: Caller };
}

/** The one place where the API makes a verb's context. */
export function apiContext(services: ApiServices, actor: Actor): Ctx {
  const { db, now, fetch, keyring, egress, publicUrl } = services;
  return { actor, db, now, fetch, keyring, egress, publicUrl };
}

/** Where a request came from: the address that the front has put in its header, never one that a client sent. */
export function originOf(context: Context<ApiEnv>): Origin {
  return {
    ipAddress: context.req.header(CLIENT_ADDRESS_HEADER) ?? null,
    userAgent: context.req.header("user-agent") ?? null,
  };
}
