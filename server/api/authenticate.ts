import type { MiddlewareHandler } from "hono";
import type { ApiKeyActor, ApiKeyPermission, Origin } from "@/lib/auth/actor";
import { hashSecret } from "@/lib/crypto/secret-token";
import type { Database } from "@/lib/db/client";
import { AppError } from "@/lib/errors";
import { type ApiEnv, originOf } from "./context";
import { createRateLimiter } from "./rate-limit";
import type { ApiServices } from "./services";

/** What never changes about a key. Whether it still lives is asked of the database at every request. */
interface KeyIdentity {
  id: string;
  name: string;
  organizationId: string;
  organizationKind: "provider" | "managed";
  permissions: readonly ApiKeyPermission[];
  touchedAtMs: number;
}

/** Who calls. `confirm` must have passed before anything is answered, unless the statement that reads checks the key itself. */
export interface Caller {
  actor: ApiKeyActor;
  /** @throws AppError `unauthenticated`, saying whether the key was revoked, has expired or belongs to an inactive organization */
  confirm(): Promise<void>;
  /** Notes that the key was used, at most once an hour. */
  touch(): Promise<void>;
}

const KEY = /^Bearer +(bfr_[A-Za-z0-9_-]{43})$/i;
const REMEMBERED_KEYS = 10_000;
const TOUCH_EVERY_MS = 3_600_000;

const FIND = `SELECT k.id, k.name, k.permissions, k."organizationId", o.kind AS "organizationKind",
    k."revokedAt" IS NOT NULL AS revoked, k."expiresAt" <= clock_timestamp() AS expired, o."isActive" AS active
  FROM "ApiKey" k JOIN "Organization" o ON o.id = k."organizationId" WHERE k."keyHash" = $1`;
const TOUCH = `UPDATE "ApiKey" SET "lastUsedAt" = clock_timestamp()
  WHERE id = $1 AND ("lastUsedAt" IS NULL OR "lastUsedAt" < clock_timestamp() - interval '1 hour')`;

type KeyRow = Omit<KeyIdentity, "touchedAtMs"> & {
  revoked: boolean;
  expired: boolean | null;
  active: boolean;
};

/** Finds out who calls from the Authorization header. @throws AppError `unauthenticated`, `rate_limited` */
export type Authenticator = (authorization: string | undefined, origin: Origin) => Promise<Caller>;

/**
 * Finds out whose API key a request carries, and keeps its rate. The immutable part is remembered by the key's hash; the
 * handler confirms that the key lives, or reads by a statement that does.
 */
export function createAuthenticator(services: ApiServices): Authenticator {
  const { db } = services;
  const limit = createRateLimiter(services.rateLimitPerSecond);
  const known = new Map<string, KeyIdentity>();
  return async (authorization, origin) => {
    const hash = hashSecret(presentedKey(authorization));
    const memory = hash.toString("latin1");
    let isConfirmed = false;
    let identity = known.get(memory);
    if (!identity) {
      identity = { ...(await findLiveKey(db, hash)), touchedAtMs: -Infinity };
      isConfirmed = true;
      if (known.size >= REMEMBERED_KEYS) known.clear();
      known.set(memory, identity);
    }
    const waitSeconds = limit(identity.id);
    if (waitSeconds > 0) throw rateLimited(services.rateLimitPerSecond, waitSeconds);
    const confirm = async () => {
      if (!isConfirmed) await findLiveKey(db, hash);
      isConfirmed = true;
    };
    return callerOf(identity, origin, db, confirm);
  };
}

export function authenticate(authenticator: Authenticator): MiddlewareHandler<ApiEnv> {
  return async (context, next) => {
    context.set("caller", await authenticator(context.req.header("authorization"), originOf(context)));
    await next();
  };
}

/** For every route whose own statement does not check the key: no answer before the key is known to live. */
export const confirmed: MiddlewareHandler<ApiEnv> = async (context, next) => {
  const caller = context.get("caller");
  await caller.confirm();
  await caller.touch();
  await next();
};

function callerOf(
  identity: KeyIdentity,
  origin: ApiKeyActor["origin"],
  db: Database,
  confirm: () => Promise<void>,
) {
  const { id, name, organizationId, organizationKind, permissions } = identity;
  const actor: ApiKeyActor = {
    type: "api_key",
    id,
    label: name,
    organizationId,
    organizationKind,
    permissions,
    origin,
  };
  const touch = async () => {
    const now = performance.now();
    if (now - identity.touchedAtMs < TOUCH_EVERY_MS) return;
    identity.touchedAtMs = now;
    await db.pool.query({ name: "touch-api-key", text: TOUCH, values: [id] });
  };
  return { actor, confirm, touch };
}

function presentedKey(header: string | undefined): string {
  if (header === undefined) {
    throw new AppError(
      "unauthenticated",
      "No API key was sent. Send the header Authorization: Bearer <API key>.",
    );
  }
  const key = KEY.exec(header)?.[1];
  if (key === undefined) {
    throw new AppError(
      "unauthenticated",
      'The Authorization header holds no API key of this server. Send "Bearer " and the key, which begins with bfr_.',
    );
  }
  return key;
}

async function findLiveKey(db: Database, hash: Buffer): Promise<Omit<KeyIdentity, "touchedAtMs">> {
  const result = await db.pool.query<KeyRow>({ name: "find-api-key", text: FIND, values: [hash] });
  const row = result.rows[0];
  if (!row)
    throw new AppError("unauthenticated", "This API key is unknown here. Check that it was copied whole.");
  if (row.revoked) throw new AppError("unauthenticated", "This API key was revoked. Create another one.");
  if (row.expired) throw new AppError("unauthenticated", "This API key has expired. Create another one.");
  if (!row.active) {
    throw new AppError(
      "unauthenticated",
      "The organization of this API key is deactivated. Ask a platform admin.",
    );
  }
  const { id, name, organizationId, organizationKind, permissions } = row;
  return { id, name, organizationId, organizationKind, permissions };
}

function rateLimited(perSecond: number, waitSeconds: number): AppError {
  return new AppError(
    "rate_limited",
    `This API key made more than ${perSecond} requests a second. Wait ${waitSeconds} s, then go on slower.`,
    { retryAfterSeconds: waitSeconds },
  );
}
