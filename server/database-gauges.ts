import { Gauge, type Registry } from "prom-client";
import type { Database } from "@/lib/db/client";
import { countDue } from "@/lib/refresh/queries";
import { rarely } from "./rarely";

/** What the database says of all connections, whichever process looks: the same from each of them. */
export function addDatabaseGauges(db: Database, registers: Registry[]): void {
  const statuses: Gauge<"status"> = new Gauge({
    name: "bifrost_connections",
    help: "OAuth connections by status.",
    labelNames: ["status"],
    registers,
    async collect() {
      const counts = await readStatuses();
      if (counts === "unchanged") return;
      statuses.reset();
      for (const { status, count } of counts ?? []) statuses.set({ status }, count);
    },
  });
  const due: Gauge<"state"> = new Gauge({
    name: "bifrost_refresh_due",
    help: "Connections whose token is due: ready to be refreshed now, or held by a backoff, a Retry-After, a lease or their OAuth client.",
    labelNames: ["state"],
    registers,
    async collect() {
      const counts = await readDue();
      if (counts === "unchanged") return;
      due.reset();
      if (counts === null) return;
      due.set({ state: "ready" }, counts.ready);
      due.set({ state: "held" }, counts.held);
    },
  });
  const overdue: Gauge = new Gauge({
    name: "bifrost_refresh_oldest_overdue_seconds",
    help: "For how long the connection that has waited longest could have been refreshed; 0 where none waits.",
    registers,
    async collect() {
      const counts = await readDue();
      // Rather no figure than an old one.
      if (counts !== "unchanged") overdue.set(counts?.oldestSeconds ?? Number.NaN);
    },
  });
  const readStatuses = rarely(async () => {
    const { rows } = await db.pool.query<{ status: string; count: number }>(
      `SELECT status, count(*)::int AS count FROM "Connection" GROUP BY status`,
    );
    return rows;
  });
  const readDue = rarely(() => countDue(db.pool));
}
