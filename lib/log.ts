import { type Logger, pino } from "pino";
import { readEnv } from "@/lib/env";

const SECRET_NAMES = [
  "authorization",
  "cookie",
  "password",
  "passwordHash",
  "clientSecret",
  "client_secret",
  "accessToken",
  "access_token",
  "refreshToken",
  "refresh_token",
  "privateKey",
  "codeVerifier",
  "code_verifier",
  "state",
  "code",
  "token",
  "key",
  "apiKey",
  "setupUrl",
];

/** A logger of one process: JSON lines on standard output, with whatever is named like a secret left out. */
export function createLog(processName: string, level: string): Logger {
  return pino({
    level,
    base: { process: processName, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.headers.${name}`]),
      censor: "[redacted]",
    },
    serializers: { err: describeError },
  });
}

let screens: Logger | undefined;

/** The log of the screens and their route handlers. */
export function screensLog(): Logger {
  screens ??= createLog("screens", readEnv().logLevel);
  return screens;
}

export interface ErrorDescription {
  name: string;
  message: string;
  /** The library's or PostgreSQL's own code. */
  errorCode?: string;
  stack?: string[];
  cause?: ErrorDescription;
}

const MAX_CAUSES = 5;

/**
 * What of an error may stand in a log: never its other members, where drivers keep statements, their values and whole
 * requests, and of Prisma's messages the last line alone, since the lines before repeat the call with its arguments.
 */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) return { name: "NotAnError", message: `A ${typeof error} was thrown.` };
  const isPrisma = error.name.startsWith("PrismaClient");
  const message = isPrisma ? (error.message.trim().split("\n").at(-1) ?? "") : error.message;
  const code = "code" in error ? error.code : undefined;
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return {
    name: error.name,
    message: maskSecrets(message),
    ...(typeof code === "string" ? { errorCode: code } : {}),
    stack: frames.map((line) => line.trim()),
    ...(error.cause !== undefined && depth < MAX_CAUSES
      ? { cause: describeError(error.cause, depth + 1) }
      : {}),
  };
}

const CREDENTIALS_IN_URL = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi;
const API_KEY = /\bbfr_[A-Za-z0-9_-]{8,}/g;
const BEARER = /\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi;

function maskSecrets(text: string): string {
  return text
    .replace(CREDENTIALS_IN_URL, "$1[redacted]@")
    .replace(API_KEY, "bfr_[redacted]")
    .replace(BEARER, "$1 [redacted]");
}
