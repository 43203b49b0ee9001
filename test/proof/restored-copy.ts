import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { checkInstallation } from "@/lib/auth/installation";
import { openDatabase } from "@/lib/db/client";
import { TEST_KEYS, testContext } from "../context";
import { cloneDatabase } from "../database";
import { openBed, passTime, readGrants, until } from "./bed";
import { note } from "./figures";
import { programs } from "./shared-programs";
import { startTokenService } from "./token-service";

const ORIGINAL = "https://bifrost.example.com";
const COPY = "https://restored.example.com";
const GRANTS = 20;

/** A copy of the database, started under another address while the first may still run. */
export function proveRestoredCopy(): void {
  it("presents nothing until an operator confirms that no other copy runs", async () => {
    const service = await startTokenService();
    const bed = await openBed();
    const built = await programs();
    const clones: (() => Promise<void>)[] = [];
    try {
      const [grant] = await bed.seed(service, GRANTS);
      await checkInstallation(bed.db, testContext(bed.db).keyring, ORIGINAL);
      await passTime(bed.db, 3_700);
      await bed.db.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      );
      const clone = await cloneOf(bed.db.url);
      const copy = { ...openDatabase(clone.url, { maxConnections: 2 }), url: clone.url };
      clones.push(() => copy.close().then(clone.drop));

      const env = { DATABASE_URL: clone.url, BIFROST_URL: COPY };
      await bed.start("worker", built, env);
      const looks = new Set<number>();
      await until("its worker has looked five times", async () => {
        for (const at of await looksOf(copy.pool)) looks.add(at);
        return looks.size >= 5;
      });
      const web = await bed.start("web", built, env);
      const { name = "", organizationId = "" } = grant ?? {};
      const integration = await bed.sdk(web.url).integrations.get(name, { scope: organizationId });
      expect(integration?.oauth).toMatchObject({ accessToken: null, error: { code: "refresh_paused" } });
      await expect(integration?.oauth?.refresh()).rejects.toThrow("refresh confirm");
      expect(service.log).toEqual([]);

      const operator = {
        ...env,
        PATH: process.env["PATH"] ?? "",
        PORT: "3000",
        BIFROST_ENCRYPTION_KEYS: TEST_KEYS,
        AUTH_SECRET: "x".repeat(32),
        NODE_ENV: "production" as const,
      };
      await promisify(execFile)(process.execPath, [built.operator, "refresh", "confirm"], { env: operator });
      await until("the copy refreshes", async () =>
        (await readGrants(copy)).every(
          (each) => service.accepts(each.accessToken) && each.tokenVersion === 2,
        ),
      );
      expect(service.log).toHaveLength(GRANTS);
      note("restored copy", {
        looksBeforeConfirmation: looks.size,
        presentedBefore: 0,
        presentedAfter: GRANTS,
      });
    } finally {
      await bed.close();
      for (const drop of clones) await drop();
      await service.close();
    }
  });
}

/** PostgreSQL copies no database that somebody is connected to; a pool's last connection may be on its way out. */
async function cloneOf(url: string): ReturnType<typeof cloneDatabase> {
  let clone: Awaited<ReturnType<typeof cloneDatabase>> | undefined;
  await until("the database is left by all", async () => {
    clone = await cloneDatabase(url).catch((error: unknown) => {
      if (error instanceof Error && error.message.includes("being accessed")) return undefined;
      throw error;
    });
    return clone !== undefined;
  });
  if (!clone) throw new Error("There is no clone.");
  return clone;
}

/** When the schedule, the only one that asks for them, last asked for token origins with something due. */
async function looksOf(pool: ReturnType<typeof openDatabase>["pool"]): Promise<number[]> {
  const { rows } = await pool.query<{ at: Date }>(
    `SELECT query_start AS at FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%"tokenOrigin"%'`,
  );
  return rows.map(({ at }) => at.getTime());
}
