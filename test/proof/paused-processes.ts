import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Bed, openBed, readGrant, until } from "./bed";
import { isSoak, note } from "./figures";
import { isGood, type PausedRefresh, STEPS } from "./pause-steps";
import type { Running } from "./processes";
import { limits, programs } from "./shared-programs";
import { startTokenService } from "./token-service";

/** In seconds: within all limits; too long to send still; longer than the lease. */
const PAUSES = isSoak ? [5, 30, 120] : [2, 12, 36];
const HOOK_LIMIT_MS = 600_000;

/** A process stopped in the midst of four refreshes, one at each step, with others at work on the same connections. */
export function provePauses(): void {
  const shared: { bed?: Bed; other?: Running } = {};
  beforeAll(async () => {
    shared.bed = await openBed();
    const built = await programs(limits);
    [shared.other] = await Promise.all([shared.bed.start("web", built), shared.bed.start("worker", built)]);
  }, HOOK_LIMIT_MS);
  afterAll(() => shared.bed?.close(), HOOK_LIMIT_MS);

  it.for(PAUSES)("for %i s: no token is spent twice, and none is lost", async (seconds) => {
    const { bed, other } = shared;
    if (!bed || !other) throw new Error("There is no bed.");
    await withRefreshes(bed, Object.keys(STEPS), {}, async (web, refreshes) => {
      const releases: (() => void)[] = [];
      for (const refresh of refreshes) releases.push(await refresh.reach());
      web.pause();
      for (const release of releases) release();
      await watch(bed, other, refreshes, seconds * 1_000);
      web.resume();
      for (const { step, service, read } of refreshes) {
        await until(`${step}: it is settled`, async () => isGood(service, await read()));
        expect(await read(), step).toMatchObject({ unanswered: null, leaseUntil: null });
        expect(new Set(service.log.map(({ outcome }) => outcome)), step).toEqual(new Set(["success"]));
        expect(new Set(service.log.map(({ token }) => token)).size, step).toBe(service.log.length);
        expect(service.overlaps(), step).toEqual([]);
      }
      const presentations = refreshes.map(({ service }) => service.log.length).join(" ");
      note(`paused for ${seconds} s at each of ${refreshes.length} steps`, { presentations });
    });
  });

  it("until others give it up for lost: the late answer mends that", async () => {
    const { bed } = shared;
    if (!bed) throw new Error("There is no bed.");
    const seed = { expiresIn: limits.leaseSeconds, unansweredPolicy: "never" as const };
    await withRefreshes(bed, ["after sending, before the answer"], seed, async (web, refreshes) => {
      for (const { service, read, reach } of refreshes) {
        const release = await reach();
        web.pause();
        release();
        const isGivenUp = async () => (await read()).status === "reconnect_required";
        await until("others give it up", isGivenUp, { limitMs: 300_000, everyMs: 100 });
        expect(await read()).toMatchObject({ errorCode: "answer_lost" });
        web.resume();
        await until("the late answer is stored", async () => isGood(service, await read()));
        expect(service.log).toHaveLength(1);
      }
    });
  });
}

/** A process of its own with a refresh for each of these steps, each at a service of its own. */
async function withRefreshes(
  bed: Bed,
  steps: string[],
  seed: Parameters<Bed["seed"]>[2],
  prove: (web: Running, refreshes: PausedRefresh[]) => Promise<void>,
): Promise<void> {
  const web = await bed.start("web", await programs(limits));
  const services = await Promise.all(steps.map(() => startTokenService({ tls: true })));
  try {
    const refreshes = services.map(async (service, index): Promise<PausedRefresh> => {
      const [grant] = await bed.seed(service, 1, seed);
      const step = steps[index] ?? "";
      if (!grant) throw new Error("There is no grant.");
      const read = () => readGrant(bed.db, grant.connectionId);
      const refresh = () => void forceAt(bed, web, grant.name, grant.organizationId);
      const world = { bed, service, grant, read, refresh };
      const reach = () => STEPS[step]?.(world) ?? Promise.reject(new Error(`There is no step ${step}.`));
      return { step, service, grant, read, reach };
    });
    await prove(web, await Promise.all(refreshes));
  } finally {
    await web.kill();
    await Promise.all(services.map((service) => service.close()));
  }
}

/** A forced refresh at the process that is to be paused; its caller may have gone by the time it answers. */
async function forceAt(bed: Bed, web: Running, name: string, scope: string): Promise<void> {
  await fetch(`${web.url}/api/v1/integrations/${name}/oauth/refresh?scope=${scope}`, {
    method: "POST",
    headers: { authorization: `Bearer ${bed.apiKey}`, "content-type": "application/json" },
    body: "{}",
  }).catch(() => undefined);
}

// The paused process may hold a row until PostgreSQL gives its transaction up.
const MAKE_DUE = `UPDATE "Connection" SET "dueAt" = clock_timestamp() WHERE "id" IN (
  SELECT "id" FROM "Connection" WHERE "id" = ANY($1) AND "unanswered" IS NOT NULL AND "dueAt" > clock_timestamp()
  FOR UPDATE SKIP LOCKED)`;

/** Meanwhile the schedule finds the connections due, and others read them: they get a token that has not expired. */
async function watch(bed: Bed, other: Running, refreshes: PausedRefresh[], pauseMs: number): Promise<void> {
  const ids = refreshes.map(({ grant }) => grant.connectionId);
  const { integrations } = bed.sdk(other.url);
  for (const end = performance.now() + pauseMs; performance.now() < end;) {
    await bed.db.pool.query(MAKE_DUE, [ids]);
    for (const { grant, step } of refreshes) {
      const { oauth } = await integrations.require(grant.name, { scope: grant.organizationId });
      expect(oauth?.accessToken, step).not.toBeNull();
    }
    await sleep(Math.max(0, Math.min(500, end - performance.now())));
  }
}
