import type { PoolClient } from "pg";
import { expect, it } from "vitest";
import { openBed, readGrant, until } from "./bed";
import { programs } from "./shared-programs";
import { startTokenService } from "./token-service";

/** A web process that is told to end while the claim of a refresh behind a read, which has its answer, is on its way. */
export function proveLateClaim(): void {
  it("stores what comes of it before it ends", async () => {
    const service = await startTokenService();
    const bed = await openBed();
    try {
      const [grant] = await bed.seed(service, 1, { dueIn: -1 });
      if (!grant) throw new Error("There is no grant.");
      const { connectionId, name, organizationId } = grant;
      const web = await bed.start("web", await programs());
      const holder = await bed.db.pool.connect();
      const ended = await whileLocked(holder, connectionId, async () => {
        const integration = await bed.sdk(web.url).integrations.require(name, { scope: organizationId });
        expect(service.accepts(integration.oauth?.accessToken ?? "")).toBe(true);
        await until("the claim waits", async () => (await countClaims(bed.db.pool)) === 1);
        const end = { code: web.stop() };
        await until("it listens no more", () => refuses(web.url));
        return end;
      });
      expect(await ended.code).toBe(0);
      const after = await readGrant(bed.db, connectionId);
      expect(after).toMatchObject({ status: "active", tokenVersion: 2, unanswered: null, leaseUntil: null });
      expect(service.accepts(after.accessToken)).toBe(true);
    } finally {
      await bed.close();
      await service.close();
    }
  });
}

/** Whatever becomes of it, the connection goes back: a pool waits for what is lent out. */
async function whileLocked<T>(holder: PoolClient, connectionId: string, run: () => Promise<T>): Promise<T> {
  try {
    await holder.query("BEGIN");
    await holder.query(`SELECT FROM "Connection" WHERE "id" = $1 FOR UPDATE`, [connectionId]);
    const result = await run();
    await holder.query("COMMIT");
    return result;
  } finally {
    holder.release();
  }
}

/** Of a statement PostgreSQL shows the beginning alone. */
async function countClaims(pool: Awaited<ReturnType<typeof openBed>>["db"]["pool"]): Promise<number> {
  const { rowCount } = await pool.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
       AND query LIKE 'WITH old AS MATERIALIZED%'`,
  );
  return rowCount ?? 0;
}

const refuses = (url: string) =>
  fetch(`${url}/healthz`, { headers: { connection: "close" } }).then(
    () => false,
    () => true,
  );
