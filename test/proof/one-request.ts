import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { IntegrationData, OAuthCredentials } from "@/sdk/src/index";
import { type Bed, openBed, readGrant, until } from "./bed";
import { note } from "./figures";
import type { Running } from "./processes";
import { type Limits, TRUE } from "./programs";
import { limits, programs } from "./shared-programs";
import type { SeededGrant } from "./seed-grants";
import { startTokenService, type TokenService } from "./token-service";

const PROCESSES = 4;
const WISHES = 64;
/** The other proofs go on meanwhile. */
const HOOK_LIMIT_MS = 600_000;

/** 4 processes × 64 forced refreshes of one connection, all with the version that they have. */
export function proveOneRequest(): void {
  const shared: { bed?: Bed; webs?: Running[] } = {};
  beforeAll(async () => {
    shared.bed = await openBed();
    shared.webs = await startWebs(shared.bed, TRUE);
  }, HOOK_LIMIT_MS);
  afterAll(() => shared.bed?.close(), HOOK_LIMIT_MS);

  it.for([
    ["that answers at once", 0],
    ["that takes 15 s", 15_000],
  ] as const)("makes one token request at a service %s", async ([, delayMs]) => {
    const { bed, webs } = shared;
    if (!bed || !webs) throw new Error("There is no bed.");
    await withGrant(bed, async (service, grant) => {
      service.pace.beforeAnswering = () => sleep(delayMs);
      const startedMs = performance.now();
      const ends = await Promise.allSettled(wishes(await readObjects(bed, webs, grant)));
      const versions = ends.map((end) => (end.status === "fulfilled" ? end.value.version : end.reason));
      expect(new Set(versions)).toEqual(new Set([2]));
      expect(service.log).toMatchObject([{ outcome: "success" }]);
      const after = await readGrant(bed.db, grant.connectionId);
      expect(after).toMatchObject({ status: "active", unanswered: null, leaseUntil: null });
      expect(service.accepts(after.accessToken)).toBe(true);
      note(`one request, the service takes ${delayMs / 1_000} s`, {
        wishes: ends.length,
        requests: service.log.length,
        seconds: (performance.now() - startedMs) / 1_000,
      });
    });
  });
}

/** The same at a service slower than an attempt may take, which does not act for a caller who has gone. */
export function proveTooSlow(): void {
  it("never has two requests under way, says so, and recovers by itself", async () => {
    const bed = await openBed();
    try {
      const webs = await startWebs(bed, limits);
      await withGrant(bed, async (service, grant) => {
        const read = () => readGrant(bed.db, grant.connectionId);
        service.pace.beforeActing = (presentation) =>
          service.log[0] === presentation ? sleep(limits.answerWithinSeconds * 1_250) : undefined;
        const objects = await readObjects(bed, webs, grant);
        await bed.db.pool.query(
          `UPDATE "Connection" SET "expiresAt" = clock_timestamp() + make_interval(secs => $2) WHERE "id" = $1`,
          [grant.connectionId, limits.leaseSeconds * 1.1],
        );
        const startedMs = performance.now();
        const ends = Promise.allSettled(wishes(objects));
        await until("the connection is in trouble", async () => (await read()).status === "degraded");
        expect(service.log).toMatchObject([{ outcome: null }]);
        expect(await read()).toMatchObject({ tokenVersion: 1, unanswered: 2 });
        await bed.start("worker", await programs(limits));
        await bed.db.pool.query(`UPDATE "Connection" SET "dueAt" = clock_timestamp()`);
        await until("it recovers", async () => (await read()).status === "active", { everyMs: 100 });
        const recoveredAfterSeconds = (performance.now() - startedMs) / 1_000;
        // Who came late enough to see the lease end may have the new token; nobody is told anything else.
        const told = new Set((await ends).map((end) => (end.status === "fulfilled" ? "token" : codeOf(end))));
        expect(["service_unavailable", "token"]).toEqual(expect.arrayContaining([...told]));
        expect(service.overlaps()).toEqual([]);
        expect(service.log.map(({ outcome }) => outcome)).toEqual([null, "success"]);
        expect(service.accepts((await read()).accessToken)).toBe(true);
        note(`service slower than the limit of ${limits.answerWithinSeconds} s`, {
          wishes: objects.length,
          requests: service.log.length,
          recoveredAfterSeconds,
        });
      });
    } finally {
      await bed.close();
    }
  });
}

async function startWebs(bed: Bed, wanted: Limits): Promise<Running[]> {
  const built = await programs(wanted);
  return Promise.all(Array.from({ length: PROCESSES }, () => bed.start("web", built)));
}

async function withGrant(
  bed: Bed,
  prove: (service: TokenService, grant: SeededGrant) => Promise<void>,
): Promise<void> {
  const service = await startTokenService();
  try {
    const [grant] = await bed.seed(service, 1);
    if (!grant) throw new Error("There is no grant.");
    await prove(service, grant);
  } finally {
    await service.close();
  }
}

/** 64 objects of the SDK from each process, all with the same version. */
function readObjects(bed: Bed, webs: Running[], grant: SeededGrant): Promise<IntegrationData[]> {
  const scope = { scope: grant.organizationId };
  const clients = webs.flatMap((web) => Array.from({ length: WISHES }, () => bed.sdk(web.url)));
  return Promise.all(clients.map(({ integrations }) => integrations.require(grant.name, scope)));
}

function wishes(objects: IntegrationData[]): Promise<OAuthCredentials>[] {
  return objects.map(({ oauth }) => oauth?.refresh() ?? Promise.reject(new Error("There is no token.")));
}

function codeOf(end: PromiseRejectedResult): unknown {
  return (end.reason as { code?: string }).code;
}
