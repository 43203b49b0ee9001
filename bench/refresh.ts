import { startChild } from "./child";
import { interleave, type Measurement, type Pace } from "./measurement";
import {
  makeDue,
  makeRefreshBed,
  type RefreshBed,
  SLOTS,
  startService,
  startWorker,
  untilNothingDue,
} from "./refresh-bed";
import type { ServiceTally } from "./token-service";

/** The worker against a bare loop: how many refreshes a second, both counted at the service. */
export async function measureRefreshRate(
  makeDatabase: (name: string) => Promise<string>,
  { rounds }: Pace,
  connections: number,
): Promise<Measurement> {
  const { service, tokenUrls } = await startService();
  const ours = await makeRefreshBed(await makeDatabase("refresh"), tokenUrls, connections);
  const theirs = await makeRefreshBed(await makeDatabase("refresh_bare"), tokenUrls, connections);
  const worker = await startWorker(ours);
  const { child: bare } = await startChild("bench/bare-refresh.ts", "listening", theirs.env);
  const rate = async (bed: RefreshBed, refresh: () => Promise<unknown>): Promise<number> => {
    await service.ask("begin");
    await makeDue(bed, connections);
    await refresh();
    const { answered, tookMs } = await service.ask<ServiceTally>("tally");
    if (answered !== connections) throw new Error(`${answered} refreshes of ${connections} due connections.`);
    return Math.round(answered / (tookMs / 1_000));
  };
  const ourRate = () => rate(ours, () => untilNothingDue(ours));
  const bareRate = () => rate(theirs, () => bare.ask("refresh", { loops: SLOTS }));
  try {
    for (const warmUp of [ourRate, bareRate]) await warmUp();
    const result = await interleave(rounds, ourRate, bareRate);
    return {
      name: `Refreshes of ${connections} connections due at ${tokenUrls.length} token endpoints of an instant service, ${SLOTS} at once each, against a bare loop that posts and updates one row`,
      limit: 0.5,
      bound: "atLeast",
      unit: "/s",
      ...result,
      ratio: Number(result.ratio.toFixed(3)),
    };
  } finally {
    for (const child of [worker, bare, service]) await child.stop();
    for (const bed of [ours, theirs]) await bed.close();
  }
}
