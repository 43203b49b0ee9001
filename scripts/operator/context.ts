import { OPERATOR } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { parseKeyring } from "@/lib/crypto/keyring";
import { openDatabase } from "@/lib/db/client";
import { isDatabaseUnavailable } from "@/lib/db/unavailable";
import { createGuardedFetch } from "@/lib/egress/guarded-fetch";
import { type Env, readEnv } from "@/lib/env";
import { AppError } from "@/lib/errors";

/** The command line's edge: whoever has a shell on the server is the operator. */
export async function withContext<T>(run: (ctx: Ctx) => Promise<T>): Promise<T> {
  const env = readEnv();
  const ctx = openContext(env);
  try {
    return await run(ctx);
  } catch (error) {
    if (!isDatabaseUnavailable(error)) throw error;
    const { host } = new URL(env.databaseUrl);
    throw new AppError(
      "service_unavailable",
      `Cannot reach PostgreSQL at ${host}. Check that it runs, and DATABASE_URL.`,
      {
        cause: error,
      },
    );
  } finally {
    await ctx.db.close();
  }
}

/** The caller closes `db`. */
export function openContext(env: Env): Ctx {
  const egress = { allowLoopback: env.loopbackDevelopment, allow: env.egressAllow };
  return {
    actor: OPERATOR,
    db: openDatabase(env.databaseUrl, { maxConnections: 2 }),
    now: () => new Date(),
    fetch: createGuardedFetch(egress),
    keyring: parseKeyring(env.encryptionKeys),
    egress,
    publicUrl: env.publicUrl,
  };
}
