import type { Tx } from "@/lib/db/client";
import type { Connection } from "@/lib/db/generated/client";
import { uuidv7 } from "@/lib/db/id";

/**
 * An integration's default connection, or a mapping's own: made (not connected) where there is none yet, and locked until
 * the transaction ends.
 */
export async function ensureConnection(
  tx: Tx,
  { integrationId, mappingId }: { integrationId: string; mappingId: string | null },
): Promise<Connection> {
  await tx.$executeRaw`
    INSERT INTO "Connection" ("id", "integrationId", "mappingId", "grantId", "updatedAt")
    VALUES (${uuidv7()}::uuid, ${integrationId}::uuid, ${mappingId}::uuid, ${uuidv7()}::uuid, now())
    ON CONFLICT DO NOTHING`;
  const { id } = await tx.connection.findFirstOrThrow({
    where: { integrationId, mappingId },
    select: { id: true },
  });
  await tx.$queryRaw`SELECT 1 FROM "Connection" WHERE "id" = ${id}::uuid FOR UPDATE`;
  return tx.connection.findUniqueOrThrow({ where: { id } });
}
