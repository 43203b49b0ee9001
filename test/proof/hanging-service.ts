import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { openBed, until } from "./bed";
import { isSoak, note } from "./figures";
import { programs } from "./shared-programs";
import { startTokenService } from "./token-service";

const LEAST = isSoak ? 3_000 : 200;
const MOST = LEAST * 8;
const GRANTS = 300;
const HANGING = 200;
const ANSWER_MS = 400;
/** Half of it passes before the next refresh: so many fall due that a worker is never done. */
const LIFE_SECONDS = 10;
/** Less than the proof as a whole may take, so that what is said then is what was waited for. */
const COMPARED_WITHIN_MS = isSoak ? 1_800_000 : 480_000;

/** Two workers at the same work at the same time, one of them with a second service that never answers. */
export function proveHangingService(): void {
  it("lets others' refreshes keep their pace", async () => {
    const [calm, troubled, hanging] = await Promise.all([1, 2, 3].map(() => startTokenService()));
    const beds = await Promise.all([openBed(), openBed()]);
    if (!calm || !troubled || !hanging) throw new Error("A service is missing.");
    try {
      for (const [index, service] of [calm, troubled].entries()) {
        service.pace.beforeAnswering = () => sleep(ANSWER_MS);
        service.expiresInSeconds = LIFE_SECONDS;
        await beds[index]?.seed(service, GRANTS, { dueIn: 0, marginSeconds: LIFE_SECONDS / 2 });
      }
      hanging.pace.beforeActing = () => new Promise(() => undefined);
      await beds[1].seed(hanging, HANGING, { dueIn: 0 });
      const built = await programs();
      await Promise.all(beds.map((bed) => bed.start("worker", built)));
      await until("both are at work, and the third service hangs", () =>
        [calm, troubled, hanging].every((service) => service.log.length >= 16),
      );
      const [calmBefore, troubledBefore] = [calm.log.length, troubled.log.length];
      const done = () => calm.log.length - calmBefore;
      const ratio = () => (troubled.log.length - troubledBefore) / done();
      // A loaded machine gives now the one and now the other worker less time: it evens out as they go on.
      const isEnough = () => done() >= LEAST && (ratio() >= 0.9 || done() >= MOST);
      await until("enough is refreshed to compare", isEnough, { limitMs: COMPARED_WITHIN_MS });
      const pace = ratio();
      expect(pace).toBeGreaterThanOrEqual(0.9);
      expect(hanging.overlaps()).toEqual([]);
      note("pace beside a service that hangs", { ratio: pace, refreshes: done() });
    } finally {
      await Promise.all(beds.map((bed) => bed.close()));
      await Promise.all([calm, troubled, hanging].map((service) => service.close()));
    }
  });
}
