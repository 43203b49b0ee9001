import { createApiKey } from "@/lib/api-keys/create-api-key";
import { testContext } from "@/test/context";
import { load, type Load } from "./load";
import type { RefreshBed } from "./refresh-bed";

const CALLERS = 16;
const SAMPLE_EVERY_MS = 20;

export interface Reader {
  /** As many reads as are answered for so long, at a rate or as fast as they come. */
  read(durationMs: number, options?: { ratePerSecond?: number; paths?: string[] }): Promise<number>;
  /** Looks at what reads are given until stopped. @returns what stops it, and tells how many held no token that lives */
  watch(): () => Promise<{ reads: number; dead: number }>;
}

/** Reads the connections of a bed through the API process that listens on a port. */
export async function makeReader({ db, seeded }: RefreshBed, port: number): Promise<Reader> {
  const { key } = await createApiKey(testContext(db), {
    name: "bench",
    organizationId: seeded.providerId,
    permissions: ["credentials:read"],
  });
  const all = readPaths(seeded.connected);
  const base: Omit<Load, "durationMs" | "ratePerSecond" | "paths"> = {
    port,
    headers: [`authorization: Bearer ${key}\r\n`],
    connections: CALLERS,
  };
  return {
    async read(durationMs, { ratePerSecond, paths = all } = {}) {
      const result = await load({ ...base, paths, durationMs, ratePerSecond: ratePerSecond ?? null });
      return Math.round(result.perSecond);
    },
    watch() {
      let isOver = false;
      const watching = (async () => {
        let [reads, dead] = [0, 0];
        while (!isOver) {
          const path = all[Math.floor(Math.random() * all.length)] ?? "";
          const response = await fetch(`http://127.0.0.1:${port}${path}`, {
            headers: { authorization: `Bearer ${key}` },
          });
          const { oauth } = (await response.json()) as {
            oauth?: { access_token: string | null; expires_at: string | null };
          };
          reads++;
          const expiresMs = Date.parse(oauth?.expires_at ?? "");
          if (!oauth?.access_token || !(expiresMs > Date.now())) dead++;
          await new Promise((resolve) => setTimeout(resolve, SAMPLE_EVERY_MS));
        }
        return { reads, dead };
      })();
      return async () => {
        isOver = true;
        return watching;
      };
    },
  };
}

/** The API's address of each connection's integration, for its organization. */
export function readPaths(connected: RefreshBed["seeded"]["connected"]): string[] {
  return connected.map(({ name, organizationId }) => `/api/v1/integrations/${name}?scope=${organizationId}`);
}
