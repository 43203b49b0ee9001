import { uuidv7 } from "@/lib/db/id";
import type { Tx } from "@/lib/db/client";
import type { Connection } from "@/lib/db/generated/client";

/** The integration's default connection, made (not connected) where there is none yet; locked until the transaction ends. */
export async function ensureConnection(tx: Tx, integrationId: string): Promise<Connection> {
  await tx.$executeRaw`
    INSERT INTO "Connection" ("id", "integrationId", "grantId", "updatedAt")
    VALUES (${uuidv7()}::uuid, ${integrationId}::uuid, ${uuidv7()}::uuid, now())
    ON CONFLICT ("integrationId") WHERE "mappingId" IS NULL DO NOTHING`;
  await tx.$queryRaw`
    SELECT 1 FROM "Connection" WHERE "integrationId" = ${integrationId}::uuid AND "mappingId" IS NULL FOR UPDATE`;
  return tx.connection.findFirstOrThrow({ where: { integrationId, mappingId: null } });
}
