import type { Database } from "@/lib/db/client";
import type { Keyring } from "@/lib/crypto/keyring";
import type { EgressPolicy, GuardedFetch } from "@/lib/egress/guarded-fetch";
import type { Actor } from "./actor.ts";

/** What a verb is given: who calls, the database, the clock, the way out, and the settings it must honour. */
export interface Ctx {
  actor: Actor;
  db: Database;
  now: () => Date;
  fetch: GuardedFetch;
  keyring: Keyring;
  egress: EgressPolicy;
  /** BIFROST_URL without a trailing slash. */
  publicUrl: string;
}

/** What every caller of a process shares. */
export type Services = Omit<Ctx, "actor">;
