-- AlterTable
ALTER TABLE "Connection" ADD COLUMN "refreshTokenRenews" BOOLEAN NOT NULL DEFAULT false;

-- DropIndex
DROP INDEX "Connection_refresh_token_end";

-- CreateIndex
CREATE INDEX "Connection_refresh_token_end" ON "Connection"("refreshTokenExpiresAt") WHERE (("refreshTokenExpiresAt" IS NOT NULL) AND (NOT "refreshTokenRenews"));
