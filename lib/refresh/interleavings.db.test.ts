import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Services } from "@/lib/auth/context";
import { connectIntegration } from "@/test/connected-integration";
import { seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { StoredConnection } from "@/test/interleavings/connection-state";
import { explore, LONG, type Scenario, type World } from "@/test/interleavings/explore";
import { ANSWER_CLASSES, SpendingService, type AnswerClass } from "@/test/interleavings/spending-service";
import { startFaultyService, type FaultyService } from "@/test/oauth-service/faulty-service";
import { claimAttempts } from "./claim-attempt";
import { listDue } from "./queries";
import { attemptRefresh, refreshConnection } from "./refresh-connection";
import { decideRefresh } from "./rules";

vi.setConfig({ testTimeout: 900_000 });

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let service: FaultyService;
let world: World;
let offsetMs = 0;
let runs = 0;
/** The long form: every pair of answers, more deaths and more time. */
const isSoak = process.env["BIFROST_SOAK"] === "1";

beforeAll(async () => {
  const realNow = performance.now.bind(performance);
  vi.spyOn(performance, "now").mockImplementation(() => realNow() + offsetMs);
  // Orders are followed again up to where they part: what a pause spreads by chance must be the same each time.
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  db = await openTestDatabase();
  service = await startFaultyService();
  const admin = await seedUser(db, "platform_admin");
  const { connectionId } = await connectIntegration(db, admin, service);
  world = {
    services: testContext(db),
    service: new SpendingService(service),
    connection: new StoredConnection(db, connectionId),
    advance: (seconds) => (offsetMs += seconds * 1_000),
  };
});
afterAll(async () => {
  if (isSoak) console.log(`interleavings: ${runs} runs`);
  vi.restoreAllMocks();
  await service.close();
  await db.close();
});

const press = (services: Services, connectionId: string) =>
  refreshConnection(services, { connectionId, reason: "button", waitMs: 0 });

/** What the button does; where a token in doubt holds that off, a script that was refused with it asks all the same. */
async function wish(services: Services, connectionId: string) {
  const pressed = await press(services, connectionId);
  const isHeld = !pressed.ok && pressed.code === "token_in_doubt";
  return isHeld ? refreshConnection(services, { connectionId, reason: "sdk", waitMs: 0 }) : pressed;
}

/** The button again, when the access token is used up: a token in doubt waits for that. */
async function recover(services: Services, connectionId: string) {
  await db.pool.query(`UPDATE "Connection" SET "expiresAt" = clock_timestamp() WHERE "id" = $1`, [
    connectionId,
  ]);
  return press(services, connectionId);
}

/** What the schedule does with one look: rows read together, claimed together. */
async function look(services: Services, connectionId: string): Promise<void> {
  const { db: own, publicUrl } = services;
  const listed = await listDue(own.pool, { origin: service.origin, publicUrl, limit: 10 });
  const rows = listed.filter(({ id }) => id === connectionId);
  const ready = rows.filter((row) => decideRefresh(row.facts, "due", row.now).act === "attempt");
  if (rows.length > ready.length)
    await refreshConnection(services, { connectionId, reason: "due", waitMs: 0 });
  for (const claim of await claimAttempts(own.pool, ready)) await attemptRefresh(services, claim, "due");
}

const SOON_EXPIRED = 50;

async function expectPromiseKept(scenario: Partial<Scenario> & Pick<Scenario, "answers">): Promise<void> {
  const explored = await explore(world, {
    policy: "retry",
    work: [wish, wish],
    recover,
    expiresInSeconds: 3_600,
    passes: [LONG],
    deaths: 0,
    ...scenario,
  });
  expect(explored.broken).toEqual([]);
  runs += explored.runs;
}

const SECOND: AnswerClass[] = isSoak ? ["rotates", "needs_person", "busy", "lost"] : ["rotates"];
/** The classes whose ways through the engine differ most; the soak takes all. */
const CHIEF: readonly AnswerClass[] = isSoak ? ANSWER_CLASSES : ["rotates", "needs_person", "busy", "lost"];
const pairs = (classes: readonly AnswerClass[]) =>
  classes.flatMap((first) => SECOND.map((second) => [first, second] as const));
const OTHERS = ANSWER_CLASSES.filter((answer) => !CHIEF.includes(answer));

describe("of two processes, in every order of their steps and with the lease ending anywhere in between,", () => {
  it.each(pairs(OTHERS))("none breaks the promise where the service's answer %s, then %s", (...answers) =>
    expectPromiseKept({ answers }),
  );

  it.each(pairs(CHIEF))("one may die at any step: %s, then %s", (...answers) =>
    expectPromiseKept({ answers, deaths: 1, passes: isSoak ? [10, LONG] : [LONG] }),
  );

  it.each(pairs(CHIEF))("nothing is risked where the admin said never: %s, then %s", (...answers) =>
    expectPromiseKept({ answers, policy: "never", passes: [10, LONG], deaths: isSoak ? 1 : 0 }),
  );

  it.each(pairs(CHIEF))("one may be the schedule: %s, then %s", (...answers) =>
    expectPromiseKept({
      answers,
      work: [look, wish],
      expiresInSeconds: SOON_EXPIRED,
      passes: [10, LONG],
      deaths: isSoak ? 1 : 0,
    }),
  );

  it.each(pairs(isSoak ? ANSWER_CLASSES : ["lost"]))("both may be schedules: %s, then %s", (...answers) =>
    expectPromiseKept({
      answers,
      work: [look, look],
      expiresInSeconds: SOON_EXPIRED,
      deaths: isSoak ? 1 : 0,
    }),
  );

  it.each(SECOND)("one may never hear that its answer was committed: rotates, then %s", (second) =>
    expectPromiseKept({ answers: ["rotates", second], losesCommit: true, deaths: isSoak ? 1 : 0 }),
  );
});
