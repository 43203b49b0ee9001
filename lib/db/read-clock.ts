import type { Pool } from "pg";

/** The database's time: all processes agree on it, whatever their machines' clocks say. */
export async function readClock(pool: Pool): Promise<Date> {
  const { rows } = await pool.query<{ now: Date }>({
    name: "clock",
    text: "SELECT clock_timestamp() AS now",
  });
  if (!rows[0]) throw new Error("The database did not tell its time.");
  return rows[0].now;
}
