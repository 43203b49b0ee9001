-- AlterTable
ALTER TABLE "Connection" ADD COLUMN     "attemptEndedAt" TIMESTAMPTZ(3),
ADD COLUMN     "dueAt" TIMESTAMPTZ(3),
ADD COLUMN     "forbiddenUntil" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "OAuthClient" ADD COLUMN     "probeAt" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "ConnectionActivity" (
    "id" UUID NOT NULL,
    "connectionId" UUID NOT NULL,
    "integrationId" UUID NOT NULL,
    "occurredAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempt" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "durationMs" INTEGER NOT NULL,
    "code" TEXT,
    "message" TEXT,

    CONSTRAINT "ConnectionActivity_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "ConnectionActivity_connectionId_occurredAt_idx" ON "ConnectionActivity"("connectionId", "occurredAt" DESC);

-- CreateIndex
CREATE INDEX "ConnectionActivity_integrationId_occurredAt_idx" ON "ConnectionActivity"("integrationId", "occurredAt" DESC);

-- CreateIndex
CREATE INDEX "ConnectionActivity_occurredAt_idx" ON "ConnectionActivity"("occurredAt");

-- CreateIndex
CREATE INDEX "Connection_due" ON "Connection"("tokenOrigin", "dueAt") WHERE ("dueAt" IS NOT NULL);

-- AddForeignKey
ALTER TABLE "ConnectionActivity" ADD CONSTRAINT "ConnectionActivity_connectionId_fkey" FOREIGN KEY ("connectionId") REFERENCES "Connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;


