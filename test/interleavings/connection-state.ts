import { testContext } from "@/test/context";
import { seal, unseal } from "@/lib/crypto/seal";
import type { Database } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";

/** What the database holds of the connection, with times as far as they decide anything. */
export interface ConnectionState {
  attempt: number;
  version: number;
  status: string;
  errorCode: string | null;
  unanswered: number | null;
  failures: number;
  isLeased: boolean;
  isPutOff: boolean;
  isForbidden: boolean;
  hasJustEnded: boolean;
  hasExpired: boolean;
  isDue: boolean;
  /** In plain text. */
  refreshToken: string;
}

const SNAPSHOT = `SELECT "attempt", "tokenVersion" AS version, "status", "errorCode", "unanswered", "failures",
    coalesce("leaseUntil" > clock_timestamp(), false) AS "isLeased",
    coalesce("nextTryAt" > clock_timestamp(), false) AS "isPutOff",
    coalesce("forbiddenUntil" > clock_timestamp(), false) AS "isForbidden",
    coalesce("attemptEndedAt" > clock_timestamp() - interval '5 s', false) AS "hasJustEnded",
    coalesce("expiresAt" <= clock_timestamp(), false) AS "hasExpired",
    coalesce("dueAt" <= clock_timestamp(), false) AS "isDue", "refreshToken"
  FROM "Connection" WHERE "id" = $1`;

const START = `WITH gone AS (DELETE FROM "ConnectionActivity" WHERE "connectionId" = $1),
  client AS (UPDATE "OAuthClient" SET "errorCode" = NULL, "errorMessage" = NULL, "errorAt" = NULL, "probeAt" = NULL,
    "unansweredPolicy" = $5::"UnansweredPolicy"
    WHERE "integrationId" = (SELECT "integrationId" FROM "Connection" WHERE "id" = $1))
  UPDATE "Connection" SET "grantId" = $2, "refreshToken" = $3, "attempt" = 1, "tokenVersion" = 1, "status" = 'active',
    "errorCode" = NULL, "errorMessage" = NULL, "errorSince" = NULL, "unanswered" = NULL, "leaseUntil" = NULL,
    "nextTryAt" = NULL, "forbiddenUntil" = NULL, "attemptEndedAt" = NULL, "failures" = 0,
    "expiresAt" = clock_timestamp() + make_interval(secs => $4), "dueAt" = clock_timestamp() - interval '1 s'
  WHERE "id" = $1`;

const PASS = `UPDATE "Connection" SET "leaseUntil" = "leaseUntil" - make_interval(secs => $2),
    "nextTryAt" = "nextTryAt" - make_interval(secs => $2), "forbiddenUntil" = "forbiddenUntil" - make_interval(secs => $2),
    "attemptEndedAt" = "attemptEndedAt" - make_interval(secs => $2), "expiresAt" = "expiresAt" - make_interval(secs => $2),
    "dueAt" = "dueAt" - make_interval(secs => $2) WHERE "id" = $1`;

export class StoredConnection {
  constructor(
    private readonly db: Database,
    readonly id: string,
  ) {}

  private get place() {
    return { table: "Connection", id: this.id, field: "refreshToken" };
  }

  /** A due grant of version 1 with nothing under way. */
  async start(refreshToken: string, expiresInSeconds: number, policy: "retry" | "never"): Promise<void> {
    const sealed = seal(testContext(this.db).keyring, this.place, refreshToken);
    await this.db.pool.query({
      name: "start",
      text: START,
      values: [this.id, uuidv7(), sealed, expiresInSeconds, policy],
    });
  }

  async read(): Promise<ConnectionState> {
    const { rows } = await this.db.pool.query<ConnectionState>({
      name: "snapshot",
      text: SNAPSHOT,
      values: [this.id],
    });
    const [row] = rows;
    if (!row) throw new Error("The connection is gone.");
    return { ...row, refreshToken: unseal(testContext(this.db).keyring, this.place, row.refreshToken) };
  }

  /** Moves every time of the row back. */
  async letPass(seconds: number): Promise<void> {
    await this.db.pool.query({ name: "pass", text: PASS, values: [this.id, seconds] });
  }
}
