const NETWORK = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "EPIPE",
  "EHOSTUNREACH",
  "ENOENT",
]);
/** Prisma: cannot reach, timed out, closed the connection, no connection from the pool. */
const PRISMA = new Set(["P1001", "P1002", "P1008", "P1017", "P2024"]);
const MESSAGES = [
  "Connection terminated",
  "Connection ended unexpectedly",
  "timeout exceeded when trying to connect",
  "Client has encountered a connection error",
  "Client was closed and is not queryable",
];

/** Whether an error means that PostgreSQL cannot be reached for now: worth another try, and nobody's bug. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const isDriver = NETWORK.has(code) && ("syscall" in error || error instanceof AggregateError);
  // Class 08: connection exception; 57P0x: the server shuts down or starts; 53300: too many connections.
  if (isDriver || PRISMA.has(code) || /^(08...|57P0[1-5]|53300)$/.test(code)) return true;
  if (MESSAGES.some((message) => error.message.startsWith(message))) return true;
  return error.cause !== undefined && error.cause !== error && isDatabaseUnavailable(error.cause);
}
