import pino, { type Logger } from "pino";
import { readEnv } from "@/lib/env";

let logger: Logger | undefined;

/** The log of the screens and route handlers. */
export function log(): Logger {
  logger ??= pino({ level: readEnv().logLevel, base: { part: "screens" }, serializers: { err: describe } });
  return logger;
}

/**
 * What of a stranger's error goes into the log: its kind, its code and where it was thrown. Not its message, because
 * a database library's repeats the values it was given, secrets included.
 */
function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  const code: unknown = "code" in error ? error.code : undefined;
  return {
    type: error.name,
    ...(typeof code === "string" ? { code } : {}),
    stack: frames.map((line) => line.trim()).slice(0, 20),
    ...(error.cause === undefined ? {} : { cause: describe(error.cause) }),
  };
}
