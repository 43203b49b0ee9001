import type { Logger } from "pino";
import { readEnv } from "@/lib/env";
import { createLog } from "@/lib/log";

let logger: Logger | undefined;

/** The log of the screens and their route handlers. */
export function log(): Logger {
  logger ??= createLog("screens", readEnv().logLevel);
  return logger;
}
