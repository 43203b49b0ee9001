-- CreateEnum
CREATE TYPE "ConnectionKind" AS ENUM ('own', 'derived');

-- AlterTable
ALTER TABLE "Connection" ADD COLUMN     "disconnectedAt" TIMESTAMPTZ(3),
ADD COLUMN     "kind" "ConnectionKind" NOT NULL DEFAULT 'own';


-- What the Prisma schema cannot say.

-- A derived token is some organization's, and has no refresh token of its own: what it is made with stays in one place.
ALTER TABLE "Connection" ADD CONSTRAINT "Connection_derived_check"
  CHECK ("kind" <> 'derived' OR ("mappingId" IS NOT NULL AND "refreshToken" IS NULL));
