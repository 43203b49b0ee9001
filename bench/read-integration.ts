import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import autocannon from "autocannon";
import { Pool } from "pg";
import { pino } from "pino";
import { createApiKey } from "@/lib/api-keys/create-api-key";
import { seal, unseal } from "@/lib/crypto/seal";
import type { Database } from "@/lib/db/client";
import { createFront } from "@/server/front";
import { createHttpServer } from "@/server/http-server";
import { seedProvider, testContext } from "@/test/context";
import { seedConnection, seedIntegration, seedValue } from "@/test/integrations";

export interface Measurement {
  name: string;
  /** Median of the rounds' ratios, and what it must at least be. */
  ratio: number;
  limit: number;
  /** Requests a second, round by round. */
  measured: number[];
  bare: number[];
}

const ROUNDS = 5;
const ROUND_SECONDS = 4;
const CONNECTIONS = 16;
const LIMIT = 0.6;

/**
 * The API's hot path against a bare server that does the least such an answer can cost: one prepared query on the same kind
 * of pool and one decryption. Both run in this process, in turn, so that the machine's mood hits both.
 */
export async function measureReadIntegration(db: Database, url: string): Promise<Measurement> {
  const { actor: _, ...services } = testContext(db);
  const { id: organizationId } = await seedProvider(db);
  const integration = await seedIntegration(db, {
    name: "Microsoft_Graph",
    defaultEntityId: "common",
    oauth: {},
  });
  await seedConnection(db, integration.id, { accessToken: "a".repeat(1_500) });
  await seedValue(db, integration.id, { key: "base_url", value: "https://graph.example.com/v1.0" });
  const { key } = await createApiKey(testContext(db), {
    name: "bench",
    organizationId,
    permissions: ["credentials:read"],
  });

  const env = {
    publicUrl: services.publicUrl,
    trustedProxies: [],
    metricsToken: undefined,
    apiRateLimitPerSecond: 0,
  };
  const front = createFront({
    services,
    env,
    log: pino({ level: "silent" }),
    screens: (_request, response) => void response.writeHead(404).end(),
    isDraining: () => false,
  });
  const bare = await bareServer(db, url);
  const ours = createHttpServer(front);
  const oursUrl = `${await listen(ours)}/api/v1/integrations/Microsoft_Graph`;
  const bareUrl = await listen(bare.server);
  try {
    await fetchOnce(oursUrl, key);
    await load(bareUrl, key, 1);
    await load(oursUrl, key, 1);
    const rounds: { measured: number; bare: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push({
        bare: await load(bareUrl, key, ROUND_SECONDS),
        measured: await load(oursUrl, key, ROUND_SECONDS),
      });
    }
    const ratios = rounds.map((round) => round.measured / round.bare).sort((left, right) => left - right);
    return {
      name: `GET /api/v1/integrations/{name}, ${CONNECTIONS} callers with one key, against bare node:http + 1 prepared query + AES-256-GCM`,
      ratio: ratios[Math.floor(ROUNDS / 2)] ?? 0,
      limit: LIMIT,
      measured: rounds.map((round) => round.measured),
      bare: rounds.map((round) => round.bare),
    };
  } finally {
    ours.close();
    bare.server.close();
    ours.closeAllConnections();
    bare.server.closeAllConnections();
    await bare.pool.end();
  }
}

async function bareServer(db: Database, url: string): Promise<{ server: Server; pool: Pool }> {
  const { keyring } = testContext(db);
  const pool = new Pool({ connectionString: url, max: 10 });
  const row = await db.prisma.connection.findFirstOrThrow();
  const place = { table: "Connection", id: row.id, field: "accessToken" };
  unseal(keyring, place, row.accessToken ?? seal(keyring, place, ""));
  const server = createServer((_request, response) => {
    pool
      .query<{ accessToken: string }>({
        name: "bare",
        text: `SELECT "accessToken" FROM "Connection" WHERE id = $1`,
        values: [row.id],
      })
      .then(({ rows }) => {
        const token = unseal(keyring, place, rows[0]?.accessToken ?? "");
        response.writeHead(200, { "content-type": "application/json" });
        response.end(JSON.stringify({ token }));
      })
      .catch(() => response.writeHead(500).end());
  });
  return { server, pool };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function fetchOnce(url: string, key: string): Promise<void> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  const body = (await response.json()) as { oauth?: { access_token?: string } };
  if (body.oauth?.access_token?.length !== 1_500)
    throw new Error(`The API did not answer with the token: ${response.status}`);
}

/** Requests a second; any answer but 200 makes the measurement void. */
async function load(url: string, key: string, seconds: number): Promise<number> {
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    headers: { authorization: `Bearer ${key}` },
    workers: 1,
  });
  if (result.non2xx + result.errors + result.timeouts > 0)
    throw new Error(`${url}: ${result.non2xx} answers were not 200.`);
  return Math.round(result.requests.total / result.duration);
}
