import { isIP } from "node:net";
import { resolve } from "node:path";

import { z } from "zod";

import { parseAllowEntry } from "./egress/allow-list.ts";

/** A setting that is missing or wrong. The message is one line for the operator's terminal and never echoes a secret. */
export class SettingError extends Error {
  constructor(message: string) {
    super(message.replace(/\s*\n\s*/g, " "));
    this.name = "SettingError";
  }
}

export interface Env {
  port: number;
  host: string;
  /** The public origin, without a trailing slash. Redirect URIs and cookies follow from it. */
  publicUrl: string;
  /** Absolute. */
  dataDir: string;
  databaseUrl: string;
  /** The database is the one that the start script runs itself. */
  databaseEmbedded: boolean;
  /** The key list as text; `parseKeyring` reads it. */
  encryptionKeys: string;
  authSecret: string;
  adminEmail: string | undefined;
  adminPassword: string | undefined;
  oidc: { issuer: string; clientId: string; clientSecret: string } | null;
  /** Hosts, host:port or CIDRs that may be reached although they are private. */
  egressAllow: string[];
  /** Addresses and CIDRs of proxies whose X-Forwarded-For is believed. */
  trustedProxies: string[];
  metricsToken: string | undefined;
  /** Where a worker process serves its metrics; undefined: nowhere. */
  workerMetricsPort: number | undefined;
  /** The web process's metrics include those of the worker beside it: `npm start` runs both. */
  showWorkerMetrics: boolean;
  /** Per API key; 0 is no limit. */
  apiRateLimitPerSecond: number;
  /** Bound to loopback, known as loopback, and on the embedded database: nobody but this machine can be reached or harmed. */
  loopbackDevelopment: boolean;
  logLevel: string;
}

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const port = (name: string) => wholeNumber(name, 1, 65_535, "Set it to a port such as 3000.");
const text = z.string().trim().optional();
/** Not trimmed: a password may begin or end with a space. */
const secret = z.string().optional();

const databaseUrl = z
  .string({
    error:
      "DATABASE_URL is not set. Set it to postgresql://user:password@host:5432/database, or use npm start, which runs a database itself.",
  })
  .refine(
    isPostgresUrl,
    "DATABASE_URL is not a PostgreSQL address. Set it to postgresql://user:password@host:5432/database.",
  );

const schema = z.object({
  PORT: port("PORT").default(3000),
  HOST: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9.:_-]+$/, "HOST is not a host name or an IP address.")
    .default("127.0.0.1"),
  BIFROST_URL: z.string().optional(),
  BIFROST_DATA_DIR: z.string().default(".bifrost"),
  DATABASE_URL: databaseUrl,
  BIFROST_EMBEDDED_DATABASE: text,
  BIFROST_ENCRYPTION_KEYS: z.string({
    error:
      'BIFROST_ENCRYPTION_KEYS is not set. With DATABASE_URL, set it to id:base64 with 32 random bytes: echo "k1:$(openssl rand -base64 32)".',
  }),
  AUTH_SECRET: z
    .string({
      error: "AUTH_SECRET is not set. With DATABASE_URL, set it to a random text: openssl rand -base64 32.",
    })
    .min(32, "AUTH_SECRET is too short. Set it to at least 32 random characters: openssl rand -base64 32."),
  BIFROST_ADMIN_EMAIL: text.pipe(z.email("BIFROST_ADMIN_EMAIL is not an email address.").optional()),
  BIFROST_ADMIN_PASSWORD: secret,
  BIFROST_OIDC_ISSUER: text.pipe(
    z
      .url({
        protocol: /^https?$/,
        error: "BIFROST_OIDC_ISSUER is not a URL. Set it to the issuer, such as https://login.example.com.",
      })
      .optional(),
  ),
  BIFROST_OIDC_CLIENT_ID: text,
  BIFROST_OIDC_CLIENT_SECRET: secret,
  BIFROST_EGRESS_ALLOW: z.string().default(""),
  BIFROST_TRUSTED_PROXIES: z.string().default(""),
  BIFROST_METRICS_TOKEN: secret,
  BIFROST_WORKER_METRICS_PORT: port("BIFROST_WORKER_METRICS_PORT").optional(),
  BIFROST_SHOW_WORKER_METRICS: text,
  BIFROST_API_RATE_LIMIT: wholeNumber(
    "BIFROST_API_RATE_LIMIT",
    0,
    1_000_000,
    "Set it to requests per second, or 0 for no limit.",
  ).default(1000),
  BIFROST_LOG_LEVEL: z
    .enum(LOG_LEVELS, {
      error: `BIFROST_LOG_LEVEL is not a level. Set it to one of ${LOG_LEVELS.join(", ")}.`,
    })
    .default("info"),
});

/**
 * Reads every setting there is. Nothing else in the project reads `process.env` for one.
 *
 * @throws {SettingError} for the first setting that is missing or wrong.
 */
export function readEnv(source: Record<string, string | undefined> = process.env): Env {
  // A variable set to nothing (`PORT= npm start`, an empty line of a compose file) counts as not set.
  const given = Object.fromEntries(
    Object.entries(source).filter(([, value]) => value !== undefined && value.trim() !== ""),
  );
  const env = valueOf(schema.safeParse(given));

  const publicUrl = readPublicUrl(env.BIFROST_URL, env.PORT);
  const databaseEmbedded = env.BIFROST_EMBEDDED_DATABASE === "1";
  if ((env.BIFROST_ADMIN_EMAIL === undefined) !== (env.BIFROST_ADMIN_PASSWORD === undefined)) {
    throw new SettingError("Set BIFROST_ADMIN_EMAIL and BIFROST_ADMIN_PASSWORD together, or neither.");
  }
  return {
    port: env.PORT,
    host: env.HOST,
    publicUrl,
    dataDir: resolve(env.BIFROST_DATA_DIR),
    databaseUrl: env.DATABASE_URL,
    databaseEmbedded,
    encryptionKeys: env.BIFROST_ENCRYPTION_KEYS,
    authSecret: env.AUTH_SECRET,
    adminEmail: env.BIFROST_ADMIN_EMAIL,
    adminPassword: env.BIFROST_ADMIN_PASSWORD,
    oidc: readOidc(env.BIFROST_OIDC_ISSUER, env.BIFROST_OIDC_CLIENT_ID, env.BIFROST_OIDC_CLIENT_SECRET),
    egressAllow: readEgressAllow(env.BIFROST_EGRESS_ALLOW),
    trustedProxies: readTrustedProxies(env.BIFROST_TRUSTED_PROXIES),
    metricsToken: env.BIFROST_METRICS_TOKEN,
    workerMetricsPort: env.BIFROST_WORKER_METRICS_PORT,
    showWorkerMetrics: env.BIFROST_SHOW_WORKER_METRICS === "1",
    apiRateLimitPerSecond: env.BIFROST_API_RATE_LIMIT,
    loopbackDevelopment: databaseEmbedded && isLoopback(env.HOST) && isLoopback(new URL(publicUrl).hostname),
    logLevel: env.BIFROST_LOG_LEVEL,
  };
}

/**
 * Judges the database's address alone, for what needs no other setting.
 * @throws {SettingError}
 * @public scripts/start/run-migrate.mjs imports it by its path
 */
export function requireDatabaseUrl(value: string): string {
  return valueOf(databaseUrl.safeParse(value));
}

function valueOf<T>(parsed: z.ZodSafeParseResult<T>): T {
  if (parsed.success) return parsed.data;
  throw new SettingError(parsed.error.issues[0]?.message ?? "A setting is wrong.");
}

/** Whether a host name or address means this machine alone. */
export function isLoopback(host: string): boolean {
  const bare = host.toLowerCase().replace(/^\[|\]$/g, "");
  return (
    bare === "localhost" ||
    bare.endsWith(".localhost") ||
    bare === "::1" ||
    (isIP(bare) === 4 && bare.startsWith("127."))
  );
}

function wholeNumber(name: string, least: number, most: number, help: string) {
  const message = `${name} is not a whole number from ${least} to ${most}. ${help}`;
  return z
    .string()
    .trim()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .refine((value) => value >= least && value <= most, message);
}

function isPostgresUrl(value: string): boolean {
  const url = URL.parse(value.trim());
  return url !== null && (url.protocol === "postgresql:" || url.protocol === "postgres:");
}

function readPublicUrl(value: string | undefined, portNumber: number): string {
  if (value === undefined) return `http://localhost:${portNumber}`;
  const url = URL.parse(value.trim());
  const isOrigin =
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.hostname !== "" &&
    url.username + url.password + url.search + url.hash === "" &&
    url.pathname === "/";
  if (!isOrigin) {
    throw new SettingError(
      "BIFROST_URL is not an origin. Set it to the public address without a path, such as https://bifrost.example.com.",
    );
  }
  return url.origin;
}

function readOidc(
  issuer: string | undefined,
  clientId: string | undefined,
  clientSecret: string | undefined,
): Env["oidc"] {
  if (issuer !== undefined && clientId !== undefined && clientSecret !== undefined)
    return { issuer, clientId, clientSecret };
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) return null;
  throw new SettingError(
    "Set BIFROST_OIDC_ISSUER, BIFROST_OIDC_CLIENT_ID and BIFROST_OIDC_CLIENT_SECRET together, or none of them.",
  );
}

function readEgressAllow(list: string): string[] {
  const entries = list.split(/[\s,]+/).filter((entry) => entry !== "");
  for (const entry of entries) {
    if (parseAllowEntry(entry) === null) {
      throw new SettingError(
        `BIFROST_EGRESS_ALLOW: "${entry}" is not a host, host:port or CIDR, such as erp.local, 10.0.0.5:8443 or 10.1.0.0/16.`,
      );
    }
  }
  return entries;
}

function readTrustedProxies(list: string): string[] {
  const entries = list.split(/[\s,]+/).filter((entry) => entry !== "");
  for (const entry of entries) {
    if (isIP(entry) === 0 && !isCidr(entry)) {
      throw new SettingError(
        `BIFROST_TRUSTED_PROXIES: "${entry}" is not an address or CIDR, such as 10.0.0.5 or 10.1.0.0/16.`,
      );
    }
  }
  return entries;
}

function isCidr(entry: string): boolean {
  const [address, bits, ...rest] = entry.split("/");
  const family = isIP(address ?? "");
  return (
    rest.length === 0 &&
    family !== 0 &&
    /^\d{1,3}$/.test(bits ?? "") &&
    Number(bits) <= (family === 4 ? 32 : 128)
  );
}
