import { expect, it } from "vitest";
import { openBed, passTimeBetweenAttempts, readGrants, until } from "./bed";
import { note } from "./figures";
import { programs } from "./shared-programs";
import type { SeededGrant } from "./seed-grants";
import { startTokenService } from "./token-service";

const GRANTS = 20;
const LEFT_SECONDS = 600;
/** Of ten minutes each: an hour. */
const STEPS = 6;

/** A worker and two web processes at a service that answers 503 for an hour, with ten minutes left on each token. */
export function proveServiceDown(): void {
  it("serves each token until it expires, then says why, and recovers by itself", async () => {
    const service = await startTokenService();
    const bed = await openBed();
    try {
      const grants = await bed.seed(service, GRANTS, { expiresIn: LEFT_SECONDS, dueIn: 0 });
      service.isDown = true;
      const built = await programs();
      await bed.start("worker", built);
      const webs = await Promise.all([bed.start("web", built), bed.start("web", built)]);
      const clients = webs.map((web) => bed.sdk(web.url));
      const read = async ({ name, organizationId }: SeededGrant, index: number) => {
        const integration = await clients[index % clients.length]?.integrations.get(name, {
          scope: organizationId,
        });
        return integration?.oauth;
      };
      const readAll = () => Promise.all(grants.map(read));
      const statuses = async () => new Set((await readGrants(bed.db)).map(({ status }) => status));
      await until("every refresh has failed", async () => {
        const stored = await readGrants(bed.db);
        return stored.every(({ status, leaseUntil }) => status === "degraded" && leaseUntil === null);
      });

      const served = await readAll();
      expect(served.every((oauth) => service.accepts(oauth?.accessToken ?? ""))).toBe(true);
      expect(served.every((oauth) => oauth?.error?.code === "temporarily_unavailable")).toBe(true);
      for (let step = 0; step < STEPS; step++) {
        await passTimeBetweenAttempts(bed.db, LEFT_SECONDS);
        for (const oauth of await readAll())
          expect(oauth).toMatchObject({ accessToken: null, error: { code: "temporarily_unavailable" } });
        expect(await statuses()).toEqual(new Set(["degraded"]));
      }

      service.isDown = false;
      // The longest that the schedule waits.
      await passTimeBetweenAttempts(bed.db, 3_600);
      await until("the schedule has refreshed them all", async () =>
        (await readGrants(bed.db)).every(
          ({ status, accessToken }) => status === "active" && service.accepts(accessToken),
        ),
      );
      const again = await readAll();
      expect(again.every((oauth) => service.accepts(oauth?.accessToken ?? "") && oauth?.error === null)).toBe(
        true,
      );
      const heard = service.log.flatMap(({ outcome }) => (outcome === "down" ? [] : [outcome]));
      expect(heard).toEqual(grants.map(() => "success"));
      expect(service.overlaps()).toEqual([]);
      const presentedMeanwhile = service.log.length - heard.length;
      note("a service down for an hour", { grants: GRANTS, presentedMeanwhile, lost: 0 });
    } finally {
      await bed.close();
      await service.close();
    }
  });
}
