import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { type Bed, openBed, passTime, readGrants, type StoredGrant, until } from "./bed";
import { isSoak, note } from "./figures";
import type { Running } from "./processes";
import { seededRandom } from "./random";
import { grantAnew, type SeededGrant } from "./seed-grants";
import { programs } from "./shared-programs";
import { startTokenService, type TokenService } from "./token-service";

const CONNECTIONS = 1_000;
const KILLS_A_ROUND = 20;
const ROUNDS = isSoak ? 10 : 1;
const ALIVE_EACH = 2;
const HOUR = 3_600;
/** Half of it passes before the next refresh: some are always under way, and there is time for other tests. */
const LIFE_SECONDS = 30;

/** `kill -9` at random moments, while a thousand connections with single-use tokens fall due all the time. */
export function proveKills(): void {
  it(`loses no rotated token but with the process that held its only copy, ${ROUNDS * KILLS_A_ROUND} times kill -9`, async () => {
    const random = seededRandom("kill -9");
    const service = await startTokenService();
    const pause = () => sleep(random.upTo(300));
    // Some of those who are killed have spent their token, some have not.
    service.pace = { beforeActing: pause, beforeAnswering: pause };
    const bed = await openBed();
    try {
      const grants = await bed.seed(service, CONNECTIONS, { dueIn: 0 });
      const sum = { kills: 0, unanswered: 0, lost: 0 };
      for (let round = 0; round < ROUNDS; round++) {
        // Some of those who are killed have spent their token, some have not.
        service.pace = { beforeActing: pause, beforeAnswering: pause };
        service.expiresInSeconds = LIFE_SECONDS;
        const from = service.log.length;
        await killAtRandom(bed, service, grants, random);
        service.pace = {};
        service.expiresInSeconds = HOUR;
        sum.kills += KILLS_A_ROUND;
        sum.unanswered += (await readGrants(bed.db)).filter((grant) => grant.unanswered !== null).length;
        const lost = await settle(bed, service);
        // Where a service found a token spent twice, that was the one answer that had died with its process.
        const reused = service.log.slice(from).filter(({ outcome }) => outcome === "reused");
        expect(reused.map(({ grant }) => grant).toSorted()).toEqual(lost.map(({ id }) => id).toSorted());
        sum.lost += lost.length;
        await grantAnew(bed.db, service, lost);
      }
      expect(sum.unanswered).toBeGreaterThan(0);
      note(`kill -9 (seed ${random.seed})`, {
        connections: CONNECTIONS,
        ...sum,
        presentations: service.log.length,
        overlaps: service.overlaps().length,
      });
    } finally {
      await bed.close();
      await service.close();
    }
  });
}

async function killAtRandom(
  bed: Bed,
  service: TokenService,
  grants: SeededGrant[],
  random: ReturnType<typeof seededRandom>,
): Promise<void> {
  await bed.db.pool.query(`UPDATE "OAuthClient" SET "refreshMarginSeconds" = $1`, [LIFE_SECONDS / 2]);
  await bed.db.pool.query(`UPDATE "Connection" SET "dueAt" = clock_timestamp()`);
  const built = await programs();
  const alive: Record<"web" | "worker", Running[]> = { web: [], worker: [] };
  const add = async (kind: "web" | "worker") => void alive[kind].push(await bed.start(kind, built));
  const starting = new Set(Array.from({ length: ALIVE_EACH }, () => [add("web"), add("worker")]).flat());
  await Promise.all(starting);
  const isOver = { now: false };
  const callers = Array.from({ length: 2 }, () => callWebs(bed, alive.web, grants, random, isOver));
  for (let kill = 0; kill < KILLS_A_ROUND; kill++) {
    const kind = random.upTo(2) < 1 ? "web" : "worker";
    await until("one of its kind is at work", () => alive[kind].length > 0);
    const target = service.log.length + 1 + Math.floor(random.upTo(60));
    await until("so many presentations were made", () => service.log.length >= target, { everyMs: 1 });
    await sleep(random.upTo(5));
    const victim = alive[kind].splice(Math.floor(random.upTo(alive[kind].length)), 1)[0];
    await victim?.kill();
    starting.add(add(kind));
  }
  await Promise.all(starting);
  isOver.now = true;
  await Promise.all(callers);
  const left = [...alive.web, ...alive.worker];
  const codes = await Promise.all(left.map((each) => each.stop()));
  expect(codes, left.map((each) => `${each.kind}: ${each.words()}`).join("\n")).toEqual(left.map(() => 0));
}

/** Reads and forced refreshes at whichever web process lives; those of a killed one fail, as they must. */
async function callWebs(
  bed: Bed,
  webs: readonly Running[],
  grants: readonly SeededGrant[],
  random: ReturnType<typeof seededRandom>,
  isOver: { now: boolean },
): Promise<void> {
  while (!isOver.now) {
    const web = webs[Math.floor(random.upTo(webs.length))];
    const grant = grants[Math.floor(random.upTo(grants.length))];
    if (!web || !grant) {
      await sleep(5);
      continue;
    }
    const headers = { authorization: `Bearer ${bed.apiKey}`, "content-type": "application/json" };
    const url = `${web.url}/api/v1/integrations/${grant.name}`;
    const query = `?scope=${grant.organizationId}`;
    const signal = AbortSignal.timeout(2_000);
    await fetch(url + query, { headers, signal })
      .then((response) => response.json())
      .then(() =>
        fetch(`${url}/oauth/refresh${query}`, { method: "POST", headers, body: "{}", signal }).then(
          (response) => response.arrayBuffer(),
        ),
      )
      .catch(() => undefined);
    await sleep(random.upTo(50));
  }
}

/** Time passes, a worker sets to, and each connection comes to its end. @returns those that only a person can mend */
async function settle(bed: Bed, service: TokenService): Promise<StoredGrant[]> {
  await passTime(bed.db, HOUR + 100);
  const worker = await bed.start("worker", await programs());
  const unsettled = `SELECT FROM "Connection" WHERE NOT ("status" = 'reconnect_required'
    OR ("status" = 'active' AND "unanswered" IS NULL AND "leaseUntil" IS NULL AND "expiresAt" > clock_timestamp()))`;
  const isSettled = async () => (await bed.db.pool.query(unsettled)).rowCount === 0;
  await until("every connection has come to its end", isSettled, { limitMs: 300_000, everyMs: 100 });
  expect(await worker.stop()).toBe(0);

  const grants = await readGrants(bed.db);
  expect(grants).toHaveLength(CONNECTIONS);
  const lost = grants.filter((grant) => grant.status === "reconnect_required");
  const spent = new Set(service.log.filter(({ outcome }) => outcome === "success").map(({ token }) => token));
  for (const grant of grants) {
    const isLost = grant.status === "reconnect_required";
    const isGood = service.accepts(grant.accessToken) && service.isCurrent(grant.refreshToken);
    // Lost only where the service gave a successor that was never stored: the stored token is the spent one.
    const isRight = isLost ? spent.has(grant.refreshToken) && grant.errorCode === "invalid_grant" : isGood;
    if (!isRight) throw new Error(`Neither good nor lost with its process: ${JSON.stringify(grant)}`);
  }
  expect(service.overlaps()).toEqual([]);
  return lost;
}
