// The least that a refresh can cost: post to the service, update one row. As many loops at once as the worker has slots.
import pg from "pg";

interface Order {
  type: string;
  /** Loops at once for each token URL. */
  loops: number;
}

const pool = new pg.Pool({ connectionString: process.env["DATABASE_URL"], max: 10 });

async function refreshAll({ loops }: Order): Promise<void> {
  const { rows } = await pool.query<{ id: string; tokenUrl: string }>(
    `SELECT c."id", o."tokenUrl" FROM "Connection" c JOIN "OAuthClient" o ON o."integrationId" = c."integrationId"
      WHERE c."dueAt" <= now()`,
  );
  const queues = Map.groupBy(rows, ({ tokenUrl }) => tokenUrl);
  await Promise.all(
    [...queues.values()].flatMap((queue) =>
      Array.from({ length: loops }, async () => {
        for (let next = queue.pop(); next; next = queue.pop()) await refresh(next);
      }),
    ),
  );
}

async function refresh({ id, tokenUrl }: { id: string; tokenUrl: string }): Promise<void> {
  const body = new URLSearchParams({
    grant_type: "refresh_token",
    refresh_token: "r".repeat(800),
    client_id: "client",
    client_secret: "client-secret",
  });
  const response = await fetch(tokenUrl, { method: "POST", body });
  const token = (await response.json()) as {
    access_token: string;
    refresh_token: string;
    expires_in: number;
  };
  await pool.query({
    name: "bare",
    text: `UPDATE "Connection" SET "accessToken" = $2, "refreshToken" = $3, "expiresAt" = now() + make_interval(secs => $4),
        "dueAt" = now() + make_interval(secs => $4) WHERE "id" = $1`,
    values: [id, token.access_token, token.refresh_token, token.expires_in],
  });
}

process.on("message", (order: Order) => {
  void refreshAll(order).then(() => process.send?.({ type: order.type }));
});
process.on("SIGTERM", () => process.exit(0));
process.on("disconnect", () => process.exit(0));
process.send?.({ type: "listening" });
