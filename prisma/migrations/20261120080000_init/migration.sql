-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "OrganizationKind" AS ENUM ('provider', 'managed');

-- CreateEnum
CREATE TYPE "UserRole" AS ENUM ('platform_admin', 'technician', 'organization_admin', 'viewer');

-- CreateEnum
CREATE TYPE "SetupLinkPurpose" AS ENUM ('first_admin', 'user', 'sign_in');

-- CreateEnum
CREATE TYPE "OrganizationPolicy" AS ENUM ('default', 'derived', 'none');

-- CreateEnum
CREATE TYPE "ConfigFieldType" AS ENUM ('string', 'int', 'bool', 'json', 'secret');

-- CreateEnum
CREATE TYPE "OAuthFlowType" AS ENUM ('authorization_code', 'client_credentials');

-- CreateEnum
CREATE TYPE "TokenEndpointAuthMethod" AS ENUM ('client_secret_post', 'client_secret_basic', 'client_secret_basic_raw', 'private_key_jwt', 'none');

-- CreateEnum
CREATE TYPE "TokenRequestFormat" AS ENUM ('form', 'json');

-- CreateEnum
CREATE TYPE "UnansweredPolicy" AS ENUM ('retry', 'never');

-- CreateEnum
CREATE TYPE "ConnectionStatus" AS ENUM ('not_connected', 'active', 'degraded', 'reconnect_required');

-- CreateEnum
CREATE TYPE "ActorType" AS ENUM ('user', 'api_key', 'execution', 'system', 'operator');

-- CreateTable
CREATE TABLE "Installation" (
    "id" UUID NOT NULL,
    "singleton" BOOLEAN NOT NULL DEFAULT true,
    "publicUrl" TEXT,
    "keyCheck" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Installation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Organization" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" "OrganizationKind" NOT NULL DEFAULT 'managed',
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Organization_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "User" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT,
    "role" "UserRole" NOT NULL,
    "passwordHash" TEXT,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "lastSignInAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Session" (
    "id" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "userAgent" TEXT,
    "ipAddress" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastSeenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SetupLink" (
    "id" UUID NOT NULL,
    "purpose" "SetupLinkPurpose" NOT NULL,
    "tokenHash" BYTEA NOT NULL,
    "userId" UUID,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SetupLink_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SignInThrottle" (
    "bucket" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "windowEndsAt" TIMESTAMPTZ(3) NOT NULL,
    "blockedUntil" TIMESTAMPTZ(3),

    CONSTRAINT "SignInThrottle_pkey" PRIMARY KEY ("bucket")
);

-- CreateTable
CREATE TABLE "Integration" (
    "id" UUID NOT NULL,
    "organizationId" UUID,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "slug" TEXT NOT NULL,
    "presetId" TEXT,
    "entityDataProvider" TEXT,
    "defaultEntityId" TEXT,
    "testUrl" TEXT,
    "apiHosts" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "organizationPolicy" "OrganizationPolicy" NOT NULL DEFAULT 'default',
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Integration_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "CallbackSlug" (
    "slug" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "CallbackSlug_pkey" PRIMARY KEY ("slug")
);

-- CreateTable
CREATE TABLE "ConfigField" (
    "id" UUID NOT NULL,
    "integrationId" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "type" "ConfigFieldType" NOT NULL,
    "required" BOOLEAN NOT NULL DEFAULT false,
    "description" TEXT NOT NULL DEFAULT '',
    "position" INTEGER NOT NULL,

    CONSTRAINT "ConfigField_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ConfigValue" (
    "id" UUID NOT NULL,
    "integrationId" UUID NOT NULL,
    "fieldId" UUID NOT NULL,
    "mappingId" UUID,
    "value" JSONB,
    "sealed" TEXT,
    "setAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "setBy" TEXT,

    CONSTRAINT "ConfigValue_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Mapping" (
    "id" UUID NOT NULL,
    "integrationId" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "entityId" TEXT,
    "entityName" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Mapping_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OAuthClient" (
    "id" UUID NOT NULL,
    "integrationId" UUID NOT NULL,
    "flowType" "OAuthFlowType" NOT NULL,
    "clientId" TEXT NOT NULL,
    "clientSecret" TEXT,
    "clientSecretSetAt" TIMESTAMPTZ(3),
    "clientSecretSetBy" TEXT,
    "clientSecretExpiresAt" TIMESTAMPTZ(3),
    "privateKey" TEXT,
    "privateKeySetAt" TIMESTAMPTZ(3),
    "privateKeySetBy" TEXT,
    "privateKeyId" TEXT,
    "privateKeyAlgorithm" TEXT,
    "authorizationUrl" TEXT,
    "tokenUrl" TEXT NOT NULL,
    "revocationUrl" TEXT,
    "identityUrl" TEXT,
    "issuer" TEXT,
    "scopes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "scopeSeparator" TEXT NOT NULL DEFAULT ' ',
    "sendScopeOnRefresh" BOOLEAN NOT NULL DEFAULT false,
    "audience" TEXT,
    "tokenEndpointAuthMethod" "TokenEndpointAuthMethod" NOT NULL DEFAULT 'client_secret_post',
    "tokenRequestFormat" "TokenRequestFormat" NOT NULL DEFAULT 'form',
    "pkce" BOOLEAN NOT NULL DEFAULT true,
    "authorizationParams" JSONB NOT NULL DEFAULT '{}',
    "tokenParams" JSONB NOT NULL DEFAULT '{}',
    "refreshTokensReusable" BOOLEAN NOT NULL DEFAULT false,
    "unansweredPolicy" "UnansweredPolicy" NOT NULL DEFAULT 'retry',
    "refreshEndsAccessToken" BOOLEAN NOT NULL DEFAULT false,
    "refreshMarginSeconds" INTEGER,
    "refreshIntervalSeconds" INTEGER,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "errorAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "OAuthClient_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Connection" (
    "id" UUID NOT NULL,
    "integrationId" UUID NOT NULL,
    "mappingId" UUID,
    "status" "ConnectionStatus" NOT NULL DEFAULT 'not_connected',
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "errorSince" TIMESTAMPTZ(3),
    "accessToken" TEXT,
    "refreshToken" TEXT,
    "extra" TEXT,
    "tokenType" TEXT,
    "expiresAt" TIMESTAMPTZ(3),
    "refreshTokenExpiresAt" TIMESTAMPTZ(3),
    "requestedScopes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "grantedScopes" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "accountSubject" TEXT,
    "accountLabel" TEXT,
    "accountTenant" TEXT,
    "tokenOrigin" TEXT,
    "templateValues" JSONB NOT NULL DEFAULT '{}',
    "entityId" TEXT,
    "connectedAt" TIMESTAMPTZ(3),
    "connectedBy" TEXT,
    "connectErrorCode" TEXT,
    "connectErrorMessage" TEXT,
    "connectErrorAt" TIMESTAMPTZ(3),
    "grantId" UUID NOT NULL,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "tokenVersion" INTEGER NOT NULL DEFAULT 0,
    "unanswered" INTEGER,
    "leaseUntil" TIMESTAMPTZ(3),
    "nextTryAt" TIMESTAMPTZ(3),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "lastRefreshAt" TIMESTAMPTZ(3),
    "lastReadAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Connection_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "HeldGrant" (
    "id" UUID NOT NULL,
    "connectionId" UUID NOT NULL,
    "userId" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "accountSubject" TEXT,
    "accountLabel" TEXT,
    "accountTenant" TEXT,
    "sealedGrant" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "HeldGrant_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Handshake" (
    "id" UUID NOT NULL,
    "stateHash" BYTEA NOT NULL,
    "userId" UUID NOT NULL,
    "sid" UUID NOT NULL,
    "integrationId" UUID NOT NULL,
    "mappingId" UUID,
    "slug" TEXT NOT NULL,
    "redirectUri" TEXT NOT NULL,
    "codeVerifier" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Handshake_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ApiKey" (
    "id" UUID NOT NULL,
    "organizationId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "keyHash" BYTEA NOT NULL,
    "permissions" TEXT[],
    "expiresAt" TIMESTAMPTZ(3),
    "revokedAt" TIMESTAMPTZ(3),
    "lastUsedAt" TIMESTAMPTZ(3),
    "createdBy" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ApiKey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AuditEvent" (
    "id" UUID NOT NULL,
    "occurredAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actorType" "ActorType" NOT NULL,
    "actorId" TEXT,
    "actorLabel" TEXT NOT NULL,
    "organizationId" UUID,
    "action" TEXT NOT NULL,
    "targetType" TEXT NOT NULL,
    "targetId" TEXT,
    "targetLabel" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "ipAddress" TEXT,
    "userAgent" TEXT,

    CONSTRAINT "AuditEvent_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Installation_singleton_key" ON "Installation"("singleton");

-- CreateIndex
CREATE INDEX "Organization_name_idx" ON "Organization"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Organization_one_provider" ON "Organization"("kind") WHERE (kind = 'provider');

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- CreateIndex
CREATE INDEX "User_organizationId_idx" ON "User"("organizationId");

-- CreateIndex
CREATE INDEX "Session_userId_idx" ON "Session"("userId");

-- CreateIndex
CREATE INDEX "Session_expiresAt_idx" ON "Session"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "SetupLink_tokenHash_key" ON "SetupLink"("tokenHash");

-- CreateIndex
CREATE INDEX "SetupLink_userId_idx" ON "SetupLink"("userId");

-- CreateIndex
CREATE INDEX "SetupLink_expiresAt_idx" ON "SetupLink"("expiresAt");

-- CreateIndex
CREATE INDEX "SignInThrottle_windowEndsAt_idx" ON "SignInThrottle"("windowEndsAt");

-- CreateIndex
CREATE UNIQUE INDEX "Integration_slug_key" ON "Integration"("slug");

-- CreateIndex
CREATE INDEX "Integration_createdAt_id_idx" ON "Integration"("createdAt", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Integration_global_name" ON "Integration"("name") WHERE ("organizationId" IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "Integration_organizationId_name_key" ON "Integration"("organizationId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "ConfigField_integrationId_key_key" ON "ConfigField"("integrationId", "key");

-- CreateIndex
CREATE INDEX "ConfigValue_defaults" ON "ConfigValue"("integrationId") WHERE ("mappingId" IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "ConfigValue_one_default" ON "ConfigValue"("fieldId") WHERE ("mappingId" IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "ConfigValue_mappingId_fieldId_key" ON "ConfigValue"("mappingId", "fieldId");

-- CreateIndex
CREATE INDEX "Mapping_integrationId_entityId_idx" ON "Mapping"("integrationId", "entityId");

-- CreateIndex
CREATE INDEX "Mapping_organizationId_idx" ON "Mapping"("organizationId");

-- CreateIndex
CREATE UNIQUE INDEX "Mapping_integrationId_organizationId_key" ON "Mapping"("integrationId", "organizationId");

-- CreateIndex
CREATE UNIQUE INDEX "OAuthClient_integrationId_key" ON "OAuthClient"("integrationId");

-- CreateIndex
CREATE UNIQUE INDEX "Connection_mappingId_key" ON "Connection"("mappingId");

-- CreateIndex
CREATE INDEX "Connection_integrationId_status_idx" ON "Connection"("integrationId", "status");

-- CreateIndex
CREATE UNIQUE INDEX "Connection_one_default" ON "Connection"("integrationId") WHERE ("mappingId" IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "HeldGrant_connectionId_key" ON "HeldGrant"("connectionId");

-- CreateIndex
CREATE INDEX "HeldGrant_expiresAt_idx" ON "HeldGrant"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "Handshake_stateHash_key" ON "Handshake"("stateHash");

-- CreateIndex
CREATE INDEX "Handshake_integrationId_expiresAt_idx" ON "Handshake"("integrationId", "expiresAt");

-- CreateIndex
CREATE INDEX "Handshake_userId_idx" ON "Handshake"("userId");

-- CreateIndex
CREATE INDEX "Handshake_mappingId_idx" ON "Handshake"("mappingId");

-- CreateIndex
CREATE INDEX "Handshake_expiresAt_idx" ON "Handshake"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "ApiKey_keyHash_key" ON "ApiKey"("keyHash");

-- CreateIndex
CREATE INDEX "ApiKey_organizationId_createdAt_idx" ON "ApiKey"("organizationId", "createdAt");

-- CreateIndex
CREATE INDEX "AuditEvent_occurredAt_id_idx" ON "AuditEvent"("occurredAt" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "AuditEvent_targetType_targetId_occurredAt_idx" ON "AuditEvent"("targetType", "targetId", "occurredAt" DESC);

-- CreateIndex
CREATE INDEX "AuditEvent_organizationId_occurredAt_idx" ON "AuditEvent"("organizationId", "occurredAt" DESC);

-- CreateIndex
CREATE INDEX "AuditEvent_actorId_occurredAt_idx" ON "AuditEvent"("actorId", "occurredAt" DESC);

-- AddForeignKey
ALTER TABLE "User" ADD CONSTRAINT "User_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SetupLink" ADD CONSTRAINT "SetupLink_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Integration" ADD CONSTRAINT "Integration_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Integration" ADD CONSTRAINT "Integration_slug_fkey" FOREIGN KEY ("slug") REFERENCES "CallbackSlug"("slug") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ConfigField" ADD CONSTRAINT "ConfigField_integrationId_fkey" FOREIGN KEY ("integrationId") REFERENCES "Integration"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ConfigValue" ADD CONSTRAINT "ConfigValue_integrationId_fkey" FOREIGN KEY ("integrationId") REFERENCES "Integration"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ConfigValue" ADD CONSTRAINT "ConfigValue_fieldId_fkey" FOREIGN KEY ("fieldId") REFERENCES "ConfigField"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ConfigValue" ADD CONSTRAINT "ConfigValue_mappingId_fkey" FOREIGN KEY ("mappingId") REFERENCES "Mapping"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Mapping" ADD CONSTRAINT "Mapping_integrationId_fkey" FOREIGN KEY ("integrationId") REFERENCES "Integration"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Mapping" ADD CONSTRAINT "Mapping_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "OAuthClient" ADD CONSTRAINT "OAuthClient_integrationId_fkey" FOREIGN KEY ("integrationId") REFERENCES "Integration"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Connection" ADD CONSTRAINT "Connection_integrationId_fkey" FOREIGN KEY ("integrationId") REFERENCES "Integration"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Connection" ADD CONSTRAINT "Connection_mappingId_fkey" FOREIGN KEY ("mappingId") REFERENCES "Mapping"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "HeldGrant" ADD CONSTRAINT "HeldGrant_connectionId_fkey" FOREIGN KEY ("connectionId") REFERENCES "Connection"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Handshake" ADD CONSTRAINT "Handshake_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Handshake" ADD CONSTRAINT "Handshake_integrationId_fkey" FOREIGN KEY ("integrationId") REFERENCES "Integration"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Handshake" ADD CONSTRAINT "Handshake_mappingId_fkey" FOREIGN KEY ("mappingId") REFERENCES "Mapping"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ApiKey" ADD CONSTRAINT "ApiKey_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES "Organization"("id") ON DELETE RESTRICT ON UPDATE CASCADE;



-- What the Prisma schema cannot say.

ALTER TABLE "Organization" ADD CONSTRAINT "Organization_name_check" CHECK (length(btrim("name")) BETWEEN 1 AND 200);
CREATE UNIQUE INDEX "Organization_name_key" ON "Organization" (lower("name"));
ALTER TABLE "Organization" ADD CONSTRAINT "Organization_provider_is_active" CHECK ("kind" <> 'provider' OR "isActive");
ALTER TABLE "Installation" ADD CONSTRAINT "Installation_singleton_check" CHECK ("singleton");
ALTER TABLE "User" ADD CONSTRAINT "User_email_check" CHECK ("email" = lower("email") AND length("email") BETWEEN 3 AND 320);
ALTER TABLE "SetupLink" ADD CONSTRAINT "SetupLink_purpose_check" CHECK (("purpose" = 'first_admin') = ("userId" IS NULL));
ALTER TABLE "Integration" ADD CONSTRAINT "Integration_name_check" CHECK ("name" ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$');
ALTER TABLE "ConfigField" ADD CONSTRAINT "ConfigField_key_check" CHECK ("key" ~ '^[a-z][a-z0-9_]{0,63}$');
ALTER TABLE "ConfigValue" ADD CONSTRAINT "ConfigValue_value_check" CHECK (("value" IS NULL) <> ("sealed" IS NULL));
ALTER TABLE "Connection" ADD CONSTRAINT "Connection_tokens_check" CHECK ("status" <> 'not_connected' OR ("accessToken" IS NULL AND "refreshToken" IS NULL));
ALTER TABLE "Connection" ADD CONSTRAINT "Connection_attempt_check" CHECK ("attempt" >= "tokenVersion" AND "tokenVersion" >= 0);
ALTER TABLE "ApiKey" ADD CONSTRAINT "ApiKey_permissions_check" CHECK (cardinality("permissions") > 0);

-- The audit log is append-only, for the application's own role too.
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The audit log is append-only: % is refused.', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "AuditEvent_append_only" BEFORE UPDATE OR DELETE ON "AuditEvent" FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER "AuditEvent_no_truncate" BEFORE TRUNCATE ON "AuditEvent" FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
ALTER TABLE "AuditEvent" ENABLE ALWAYS TRIGGER "AuditEvent_append_only";
ALTER TABLE "AuditEvent" ENABLE ALWAYS TRIGGER "AuditEvent_no_truncate";

-- A slug once taken stays taken.
CREATE FUNCTION refuse_slug_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'A callback slug is taken for ever: % is refused.', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "CallbackSlug_for_ever" BEFORE UPDATE OR DELETE ON "CallbackSlug" FOR EACH ROW EXECUTE FUNCTION refuse_slug_change();
