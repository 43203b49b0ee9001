import { expect } from "vitest";
import { inTransaction } from "@/lib/db/in-transaction";
import { type Bed, type StoredGrant, until } from "./bed";
import type { SeededGrant } from "./seed-grants";
import type { TokenService } from "./token-service";

interface World {
  bed: Bed;
  service: TokenService;
  grant: SeededGrant;
  read: () => Promise<StoredGrant>;
  /** Begins the refresh in the process that is to be paused. */
  refresh: () => void;
}

/** A refresh that is stopped at a step. */
export interface PausedRefresh extends Pick<World, "service" | "grant" | "read"> {
  step: string;
  /** Brings it there; gives what lets the world around go on once the process is paused. */
  reach: () => Promise<() => void>;
}

export const STEPS: Record<string, (world: World) => Promise<() => void>> = {
  "after the claim, before sending": async ({ service, read, refresh }) => {
    const gate = Promise.withResolvers<void>();
    service.holdGreetings(gate.promise);
    refresh();
    await until("the connection waits for its greeting", () => service.greeting() === 1);
    expect(await read()).toMatchObject({ attempt: 2, unanswered: 2 });
    return gate.resolve;
  },
  "after sending, before the answer": async ({ service, refresh }) => {
    const gate = Promise.withResolvers<void>();
    service.pace.beforeAnswering = () => gate.promise;
    refresh();
    await until("the token is spent", () => service.log[0]?.outcome === "success");
    return gate.resolve;
  },
  "after the answer, before storing": async ({ bed, service, grant, read, refresh }) => {
    const gate = Promise.withResolvers<void>();
    service.pace.beforeAnswering = () => gate.promise;
    refresh();
    await until("the token is spent", () => service.log[0]?.outcome === "success");
    const { holder, release } = await lockRow(bed, grant);
    gate.resolve();
    await until("the write waits", () => isWaitedFor(bed, holder));
    expect(await read()).toMatchObject({ tokenVersion: 1 });
    return release;
  },
  "after storing": async ({ read, refresh }) => {
    refresh();
    await until("the answer is stored", async () => (await read()).tokenVersion === 2, { everyMs: 1 });
    return () => undefined;
  },
};

/** Whether a refresh has been stored, and what is stored is what the service takes. */
export function isGood(service: TokenService, grant: StoredGrant): boolean {
  return grant.status === "active" && grant.tokenVersion > 1 && service.isCurrent(grant.refreshToken);
}

async function lockRow(bed: Bed, { connectionId }: SeededGrant) {
  const [locked, unlock] = [Promise.withResolvers<number>(), Promise.withResolvers<void>()];
  const transaction = inTransaction(bed.db.pool, async (client) => {
    const { rows } = await client.query<{ pid: number }>(
      `SELECT pg_backend_pid() AS pid FROM "Connection" WHERE "id" = $1 FOR UPDATE`,
      [connectionId],
    );
    locked.resolve(rows[0]?.pid ?? 0);
    await unlock.promise;
  });
  transaction.catch(locked.reject);
  return { holder: await locked.promise, release: unlock.resolve };
}

/** Whether some other transaction waits for what this one holds. */
async function isWaitedFor(bed: Bed, holder: number): Promise<boolean> {
  const { rowCount } = await bed.db.pool.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND $1 = ANY(pg_blocking_pids(pid))`,
    [holder],
  );
  return rowCount === 1;
}
