import { createApiKey } from "@/lib/api-keys/create-api-key";
import type { Database } from "@/lib/db/client";
import { testContext } from "@/test/context";
import { load } from "./load";
import { interleave, type Measurement, median, type Pace } from "./measurement";
import type { Seeded } from "./seed";
import { type Running, startBare, startOurs } from "./servers";

export interface Bed {
  db: Database;
  url: string;
  seeded: Seeded;
}

const CALLERS = 16;
const KEYS = 16;
const MOST_DIFFERENT = 20_000;

interface Subject {
  server: Running;
  paths: string[];
  headers: string[];
}

/** Our API over as many different mappings as there are, asked with many keys. */
async function startSubject({ db, seeded }: Bed): Promise<Subject> {
  const keys = await Promise.all(
    Array.from({ length: KEYS }, (_, index) =>
      createApiKey(testContext(db), {
        name: `bench ${index}`,
        organizationId: seeded.providerId,
        permissions: ["credentials:read"],
      }),
    ),
  );
  const server = await startOurs(db);
  const paths = different(seeded).map(
    ({ name, organizationId }) => `/api/v1/integrations/${name}?scope=${organizationId}`,
  );
  const headers = keys.map(({ key }) => `authorization: Bearer ${key}\r\n`);
  await check(server, paths[0] ?? "", keys[0]?.key ?? "");
  return { server, paths, headers };
}

/** An even sample in no particular order. */
function different({ connected }: Seeded): Seeded["connected"] {
  const count = Math.min(MOST_DIFFERENT, connected.length);
  const stride = 7_919;
  return Array.from({ length: count }, (_, index) => connected[(index * stride) % connected.length]).filter(
    (mapping) => mapping !== undefined,
  );
}

async function check({ port }: Running, path: string, key: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const body = (await response.json()) as {
    config?: { api_key?: string };
    oauth?: { access_token?: string; source?: string; client_secret?: string };
  };
  const isWhole =
    body.oauth?.access_token?.length === 1_500 &&
    body.oauth.source === "organization" &&
    body.oauth.client_secret === "client-secret" &&
    body.config?.api_key?.startsWith("own-api-key-");
  if (!isWhole) throw new Error(`The API did not answer as the bench expects: ${response.status}`);
}

/** The API's hot path against a bare server, in turn, in this process: throughput, then the slowest hundredth at half load. */
export async function measureAgainstBare(bed: Bed, pace: Pace): Promise<Measurement[]> {
  const ours = await startSubject(bed);
  const bare = await startBare(bed.db, bed.url);
  const { rows } = await bed.db.pool.query<{ id: string }>(
    `SELECT id FROM "Connection" WHERE "mappingId" IS NOT NULL ORDER BY md5(id::text) LIMIT ${MOST_DIFFERENT}`,
  );
  const reference: Subject = { server: bare, paths: rows.map(({ id }) => `/${id}`), headers: [""] };
  try {
    for (const subject of [ours, reference]) await ask(subject, pace.roundMs);
    const throughput = await interleave(
      pace.rounds,
      async () => (await ask(ours, pace.roundMs)).perSecond,
      async () => (await ask(reference, pace.roundMs)).perSecond,
    );
    const rate = median(throughput.measured) / 2;
    const slowest = await interleave(
      pace.rounds,
      async () => (await ask(ours, pace.roundMs, rate)).p99Ms,
      async () => (await ask(reference, pace.roundMs, rate)).p99Ms,
    );
    const what = `GET /api/v1/integrations/{name}, ${ours.paths.length} mapped organizations' reads, ${KEYS} keys, ${CALLERS} callers, against bare node:http + 1 prepared query + 1 AES-256-GCM`;
    return [
      { name: `${what}: throughput`, limit: 0.6, bound: "atLeast", unit: "/s", ...rounded(throughput, 0) },
      {
        name: `${what}: p99 at half load (${Math.round(rate)}/s each)`,
        limit: 3,
        bound: "atMost",
        unit: "ms",
        ...rounded(slowest, 2),
      },
    ];
  } finally {
    await ours.server.close();
    await bare.close();
  }
}

/** The same read on a large installation against one of a hundredth of its mappings. */
export async function measureAtSize(large: Bed, small: Bed, pace: Pace): Promise<Measurement[]> {
  const [atLarge, atSmall] = [await startSubject(large), await startSubject(small)];
  try {
    for (const subject of [atLarge, atSmall]) await ask(subject, 2 * pace.roundMs);
    const throughput = await interleave(
      pace.rounds,
      async () => (await ask(atLarge, pace.roundMs)).perSecond,
      async () => (await ask(atSmall, pace.roundMs)).perSecond,
    );
    const name = "GET /api/v1/integrations/{name} at full size, against a hundredth of it: throughput";
    return [{ name, limit: 0.8, bound: "atLeast", unit: "/s", ...rounded(throughput, 0) }];
  } finally {
    await atLarge.server.close();
    await atSmall.server.close();
  }
}

function ask({ server, paths, headers }: Subject, durationMs: number, ratePerSecond: number | null = null) {
  return load({ port: server.port, paths, headers, connections: CALLERS, durationMs, ratePerSecond });
}

function rounded(
  { ratio, measured, reference }: Pick<Measurement, "ratio" | "measured" | "reference">,
  digits: number,
) {
  const round = (value: number) => Number(value.toFixed(digits));
  return { ratio: Number(ratio.toFixed(3)), measured: measured.map(round), reference: reference.map(round) };
}
