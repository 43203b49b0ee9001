import pg from "pg";
import { PrismaClient, type Prisma } from "./generated/client.ts";
import { stopListening } from "./notices.ts";
import { SerialTransactionsPg } from "./serial-transactions.ts";

/** One pool, reached by Prisma and, on hot paths, directly. */
export interface Database {
  prisma: PrismaClient;
  pool: pg.Pool;
  close(): Promise<void>;
}

/** A transaction of {@link Database.prisma}. */
export type Tx = Prisma.TransactionClient;

export interface DatabaseOptions {
  /** Connections at the most; 10 unless said. */
  maxConnections?: number;
  /** How long a caller waits for one of them; 5 s unless said. */
  connectTimeoutMs?: number;
}

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 30_000;

/** Takes away what only Prisma knows (`?schema=`), which PostgreSQL would refuse. */
function withoutPrismaParameters(url: string): string {
  const parsed = new URL(url);
  for (const name of ["schema", "connection_limit", "pool_timeout", "pgbouncer", "socket_timeout"]) {
    parsed.searchParams.delete(name);
  }
  return parsed.href;
}

/** Opens a pool to the database; nothing is connected before the first query. Dead servers fail fast. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS } = options;
  const pool = new pg.Pool({
    connectionString: withoutPrismaParameters(url),
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + connectTimeoutMs,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
  });
  // An idle connection that the server ends is no error of anybody's: the pool opens another.
  pool.on("error", () => undefined);
  // Nor is one that breaks while it is lent out: its query fails, and that is what is reported.
  pool.on("connect", (client) => client.on("error", () => undefined));
  const prisma = new PrismaClient({
    adapter: new SerialTransactionsPg(pool, { statementNameGenerator: statementName() }),
    // Prisma's own, 2 s and 5 s, fail a burst whose turn comes. The pool gives up first: its error says what is the matter.
    transactionOptions: { maxWait: 2 * connectTimeoutMs, timeout: STATEMENT_TIMEOUT_MS },
  });
  return {
    prisma,
    pool,
    async close() {
      await stopListening(pool);
      await prisma.$disconnect();
      if (!pool.ended) await pool.end();
    },
  };
}

/** Names each distinct statement, so that PostgreSQL plans it once per connection. */
function statementName(): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    let name = names.get(sql);
    if (name === undefined) {
      name = `p${names.size}`;
      names.set(sql, name);
    }
    return name;
  };
}

const shared = globalThis as typeof globalThis & { bifrostDatabase?: Database };

/**
 * The process's own database. It hangs on `globalThis`, as the code that Next bundles and the server around it are two
 * instances of this module.
 */
export function getDatabase(): Database {
  const url = process.env["DATABASE_URL"];
  if (!url) throw new Error("DATABASE_URL is not set.");
  shared.bifrostDatabase ??= openDatabase(url);
  return shared.bifrostDatabase;
}
