import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { pino } from "pino";
import { unseal } from "@/lib/crypto/seal";
import type { Database } from "@/lib/db/client";
import { createFront } from "@/server/front";
import { createHttpServer } from "@/server/http-server";
import { FRONT_ENV } from "@/test/api-server";
import { testContext } from "@/test/context";

export interface Running {
  port: number;
  close(): Promise<void>;
}

/** The web process's server, all of it but the screens, without a rate limit. */
export async function startOurs(db: Database): Promise<Running> {
  const { actor: _, ...services } = testContext(db);
  const front = createFront({
    services,
    env: { ...FRONT_ENV, publicUrl: services.publicUrl },
    log: pino({ level: "silent" }),
    screens: (_request, response) => void response.writeHead(404).end(),
    isDraining: () => false,
  });
  return listen(createHttpServer(front), async () => undefined);
}

/**
 * The least that such an answer can cost: `node:http`, one prepared query on a pool, one AES-GCM decryption. It serves
 * the same tokens: the path is a connection's id.
 */
export async function startBare(db: Database, url: string): Promise<Running> {
  const { keyring } = testContext(db);
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  pool.on("error", () => undefined);
  const server = createServer((request, response) => {
    const id = request.url?.slice(1) ?? "";
    pool
      .query<{ accessToken: string }>({
        name: "bare",
        text: `SELECT "accessToken" FROM "Connection" WHERE id = $1`,
        values: [id],
      })
      .then(({ rows }) => {
        const token = unseal(
          keyring,
          { table: "Connection", id, field: "accessToken" },
          rows[0]?.accessToken ?? "",
        );
        const body = JSON.stringify({ token });
        response.writeHead(200, {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
        });
        response.end(body);
      })
      .catch(() => response.writeHead(500, { "content-length": 0 }).end());
  });
  return listen(server, () => pool.end());
}

async function listen(server: Server, release: () => Promise<void>): Promise<Running> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      server.closeAllConnections();
      await release();
    },
  };
}
