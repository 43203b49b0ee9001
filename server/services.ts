import type { Services } from "@/lib/auth/context";
import { parseKeyring } from "@/lib/crypto/keyring";
import { getDatabase } from "@/lib/db/client";
import { createGuardedFetch } from "@/lib/egress/guarded-fetch";
import { type Env, readEnv, SettingError } from "@/lib/env";
import { endWith } from "./process-life";

/** Reads the settings, or ends the process with the one line that says what to set. */
export function readEnvOrEnd(): Env {
  try {
    const env = readEnv();
    parseKeyring(env.encryptionKeys);
    return env;
  } catch (error) {
    if (error instanceof SettingError) endWith(error.message);
    if (error instanceof Error && error.message.includes("BIFROST_ENCRYPTION_KEYS")) endWith(error.message);
    throw error;
  }
}

/** What both processes give their verbs, all but the actor. */
export function openServices(env: Env): Services {
  const egress = { allowLoopback: env.loopbackDevelopment, allow: env.egressAllow };
  return {
    db: getDatabase(),
    now: () => new Date(),
    fetch: createGuardedFetch(egress),
    keyring: parseKeyring(env.encryptionKeys),
    egress,
    publicUrl: env.publicUrl,
  };
}

/** Ends the process with one line when the database cannot be reached at its start. */
export async function requireDatabase(services: Services, env: Env): Promise<void> {
  try {
    await services.db.pool.query("SELECT 1");
  } catch (error) {
    const { host } = new URL(env.databaseUrl);
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    endWith(`Cannot use PostgreSQL at ${host}${code}. Check that it runs, and DATABASE_URL.`);
  }
}
