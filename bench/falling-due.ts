import { startChild } from "./child";
import type { Measurement } from "./measurement";
import { watchMemory } from "./memory";
import { makeReader, type Reader } from "./reader";
import {
  makeDue,
  makeRefreshBed,
  type RefreshBed,
  SLOTS,
  startApi,
  startService,
  startWorker,
  untilNothingDue,
} from "./refresh-bed";

const FEW = 1_000;
/** A young process has not taken yet what it needs for the same work in the long run. */
const WARM_UPS = 10;
const WARM_UP_MS = 4_000;
const WINDOW_MS = 2_000;

/** Many connections fall due at once, with real processes: how long it takes, and what readers and the worker's memory see of it. */
export async function measureFallingDue(
  makeDatabase: (name: string) => Promise<string>,
  connections: number,
): Promise<Measurement[]> {
  const { service, tokenUrls } = await startService();
  const ours = await makeRefreshBed(await makeDatabase("due"), tokenUrls, connections);
  const theirs = await makeRefreshBed(await makeDatabase("due_bare"), tokenUrls, connections);
  const worker = await startWorker(ours);
  const api = await startApi(ours);
  const { child: bare } = await startChild("bench/bare-refresh.ts", "listening", theirs.env);
  try {
    const memoryAtFew = watchMemory(worker.pid);
    for (let round = 0; round < WARM_UPS; round++) await secondsTo(ours, FEW, () => untilNothingDue(ours));
    const few = await memoryAtFew();

    const reader = await makeReader(ours, api.port);
    await reader.read(WARM_UP_MS);
    const rate = Math.round((await reader.read(WARM_UP_MS)) / 2);
    const usual = await reader.read(WARM_UP_MS, { ratePerSecond: rate });

    // Half of it before and half of it after: the machine's mood changes in such a time.
    const bareHalf = () =>
      whileRead(reader, rate, () =>
        secondsTo(theirs, connections / 2, () => bare.ask("refresh", { loops: SLOTS })),
      );
    const before = await bareHalf();
    const memoryAtMany = watchMemory(worker.pid);
    const watched = reader.watch();
    const measured = await whileRead(reader, rate, () =>
      secondsTo(ours, connections, () => untilNothingDue(ours)),
    );
    const { reads, dead } = await watched();
    const many = await memoryAtMany();
    const after = await bareHalf();
    const bareSeconds = Number((before.seconds + after.seconds).toFixed(1));

    const what = `${connections} connections due at once at ${tokenUrls.length} token endpoints`;
    const one = (
      name: string,
      measured: number,
      reference: number,
      rest: Pick<Measurement, "limit" | "bound" | "unit">,
    ) => ({
      name: `${what}: ${name}`,
      ratio: Number((measured / reference).toFixed(3)),
      measured: [measured],
      reference: [reference],
      ...rest,
    });
    return [
      one("until nothing is due, against a bare loop, both with readers", measured.seconds, bareSeconds, {
        limit: 2,
        bound: "atMost",
        unit: "s",
      }),
      one("reads that got a token that lives, of all that were looked at", reads - dead, reads, {
        limit: 1,
        bound: "atLeast",
        unit: "reads",
      }),
      one(`the worker's memory at the most, against ${FEW} due at once`, many, few, {
        limit: 1.3,
        bound: "atMost",
        unit: "MB",
      }),
      one("reads answered meanwhile, of their usual pace: half of what the API can", measured.pace, usual, {
        limit: 0.8,
        bound: "atLeast",
        unit: "/s",
      }),
    ];
  } finally {
    for (const child of [worker, api.child, bare, service]) await child.stop();
    for (const bed of [ours, theirs]) await bed.close();
  }
}

async function secondsTo(bed: RefreshBed, count: number, refresh: () => Promise<unknown>): Promise<number> {
  await makeDue(bed, count);
  const startedMs = performance.now();
  await refresh();
  return Number(((performance.now() - startedMs) / 1_000).toFixed(1));
}

/** Reads at a rate for as long as something takes. @returns how long that was, and the pace of the reads */
async function whileRead(
  reader: Reader,
  ratePerSecond: number,
  work: () => Promise<number>,
): Promise<{ seconds: number; pace: number }> {
  let isOver = false;
  const reading = (async () => {
    const paces: number[] = [];
    // At least once, however soon it is over.
    do paces.push(await reader.read(WINDOW_MS, { ratePerSecond }));
    while (!isOver);
    return Math.round(paces.reduce((sum, pace) => sum + pace, 0) / paces.length);
  })();
  const seconds = await work();
  isOver = true;
  return { seconds, pace: await reading };
}
