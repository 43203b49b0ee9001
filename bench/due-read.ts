import { interleave, type Measurement, type Pace } from "./measurement";
import { makeReader, readPaths } from "./reader";
import { makeDue, makeRefreshBed, startApi, startService } from "./refresh-bed";

const CONNECTIONS = 400;

/** Reads of tokens that are due and valid, which a silent service keeps so, against reads of fresh ones. */
export async function measureDueRead(
  makeDatabase: (name: string) => Promise<string>,
  pace: Pace,
): Promise<Measurement> {
  const { service, tokenUrls } = await startService();
  await service.ask("begin", { silent: true });
  const bed = await makeRefreshBed(await makeDatabase("due_read"), tokenUrls, CONNECTIONS);
  const api = await startApi(bed);
  try {
    await makeDue(bed, CONNECTIONS / 2);
    await bed.db.pool.query(
      `UPDATE "Connection" SET "expiresAt" = now() + interval '1 day' WHERE "dueAt" <= now()`,
    );
    const { rows } = await bed.db.pool.query<{ name: string; organizationId: string; isDue: boolean }>(
      `SELECT i."name", m."organizationId", c."dueAt" <= now() AS "isDue" FROM "Connection" c
        JOIN "Integration" i ON i."id" = c."integrationId" JOIN "Mapping" m ON m."id" = c."mappingId"`,
    );
    const reader = await makeReader(bed, api.port);
    const [due, fresh] = [true, false].map((isDue) => readPaths(rows.filter((row) => row.isDue === isDue)));
    const perRead = async (paths: string[] | undefined) =>
      Math.round(1_000_000 / (await reader.read(pace.roundMs, { paths: paths ?? [] })));
    for (const paths of [due, fresh]) await perRead(paths);
    const result = await interleave(
      pace.rounds,
      () => perRead(due),
      () => perRead(fresh),
    );
    return {
      name: "Time per read of a token that is due and valid, against a fresh one",
      limit: 1.2,
      bound: "atMost",
      unit: "µs",
      ...result,
      ratio: Number(result.ratio.toFixed(3)),
    };
  } finally {
    for (const child of [api.child, service]) await child.stop();
    await bed.close();
  }
}
