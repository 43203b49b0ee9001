-- AlterTable
ALTER TABLE "ApiKey" ADD COLUMN     "limitsIntegrations" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "limitsOrganizations" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "Integration" ADD COLUMN     "lendsDefaultToKeys" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "ApiKeyIntegration" (
    "apiKeyId" UUID NOT NULL,
    "integrationId" UUID NOT NULL,

    CONSTRAINT "ApiKeyIntegration_pkey" PRIMARY KEY ("apiKeyId","integrationId")
);

-- CreateTable
CREATE TABLE "ApiKeyOrganization" (
    "apiKeyId" UUID NOT NULL,
    "organizationId" UUID NOT NULL,

    CONSTRAINT "ApiKeyOrganization_pkey" PRIMARY KEY ("apiKeyId","organizationId")
);

-- CreateIndex
CREATE INDEX "ApiKeyIntegration_integrationId_idx" ON "ApiKeyIntegration"("integrationId");

-- CreateIndex
CREATE INDEX "ApiKeyOrganization_organizationId_idx" ON "ApiKeyOrganization"("organizationId");

-- AddForeignKey
ALTER TABLE "ApiKeyIntegration" ADD CONSTRAINT "ApiKeyIntegration_apiKeyId_fkey" FOREIGN KEY ("apiKeyId") REFERENCES "ApiKey"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiKeyIntegration" ADD CONSTRAINT "ApiKeyIntegration_integrationId_fkey" FOREIGN KEY ("integrationId") REFERENCES "Integration"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiKeyOrganization" ADD CONSTRAINT "ApiKeyOrganization_apiKeyId_fkey" FOREIGN KEY ("apiKeyId") REFERENCES "ApiKey"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiKeyOrganization" ADD CONSTRAINT "ApiKeyOrganization_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization"("id") ON DELETE CASCADE ON UPDATE CASCADE;


