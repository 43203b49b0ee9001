import { parseKeyring } from "@/lib/crypto/keyring";
import { type Env, readEnv, SettingError } from "@/lib/env";

import { checkDatabase } from "./check-database.ts";
import { checkBrowser, checkDataDir, checkNode, checkPort, checkPublicUrl } from "./check-machine.ts";

export interface Check {
  name: string;
  status: "ok" | "warn" | "fail";
  message: string;
  /** What to do; absent when all is well. */
  action?: string;
}

export interface Report {
  /** No check failed; warnings may stand. */
  ok: boolean;
  checks: Check[];
}

/** Looks at everything a start depends on, and goes on where something is broken. */
export async function diagnose(): Promise<Report> {
  const settings = readSettings();
  const checks = [checkNode(), settings.check];
  const problem = process.env["BIFROST_DATABASE_PROBLEM"];
  if (problem) {
    checks.push({
      name: "Database",
      status: "fail",
      message: problem,
      action: "Mend that first; the rest follows from it.",
    });
  }
  if (settings.env !== undefined) {
    if (!problem) checks.push(...(await checkDatabase(settings.env)));
    checks.push(
      checkPublicUrl(settings.env),
      await checkDataDir(settings.env),
      await checkPort(settings.env),
    );
  }
  checks.push(await checkBrowser());
  return { ok: checks.every(({ status }) => status !== "fail"), checks };
}

function readSettings(): { env?: Env; check: Check } {
  const name = "Settings";
  try {
    const env = readEnv(withoutDatabase());
    parseKeyring(env.encryptionKeys);
    return { env, check: { name, status: "ok", message: "every variable can be read" } };
  } catch (error) {
    if (!(error instanceof SettingError) && !(error instanceof Error && error.message.startsWith("BIFROST_")))
      throw error;
    return {
      check: {
        name,
        status: "fail",
        message: error.message,
        action: "Set it as that says; .env.example has all.",
      },
    };
  }
}

/** With a broken embedded database there is no address and there may be no keys; the other settings are judged all the same. */
function withoutDatabase(): Record<string, string | undefined> {
  if (!process.env["BIFROST_DATABASE_PROBLEM"]) return process.env;
  const placeholder = Buffer.alloc(32).toString("base64");
  return {
    DATABASE_URL: "postgresql://127.0.0.1/none",
    BIFROST_ENCRYPTION_KEYS: `none:${placeholder}`,
    AUTH_SECRET: placeholder,
    ...process.env,
  };
}
