-- CreateEnum
CREATE TYPE "WebhookFormat" AS ENUM ('standard', 'slack', 'teams');

-- CreateEnum
CREATE TYPE "WebhookDeliveryStatus" AS ENUM ('pending', 'delivered', 'failed');

-- CreateTable
CREATE TABLE "WebhookEndpoint" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "format" "WebhookFormat" NOT NULL,
    "events" TEXT[],
    "url" TEXT NOT NULL,
    "urlHint" TEXT NOT NULL,
    "secret" TEXT,
    "secretSetAt" TIMESTAMPTZ(3),
    "secretSetBy" TEXT,
    "previousSecret" TEXT,
    "previousSecretUntil" TIMESTAMPTZ(3),
    "isEnabled" BOOLEAN NOT NULL DEFAULT true,
    "disabledReason" TEXT,
    "disabledAt" TIMESTAMPTZ(3),
    "failingSince" TIMESTAMPTZ(3),
    "lastDeliveredAt" TIMESTAMPTZ(3),
    "pausedUntil" TIMESTAMPTZ(3),
    "createdBy" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "WebhookEndpoint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "WebhookEvent" (
    "id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "occurredAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "spreadAt" TIMESTAMPTZ(3),
    "integrationId" UUID,
    "integrationName" TEXT,
    "organizationId" UUID,
    "organizationName" TEXT,
    "connectionId" UUID,
    "status" TEXT,
    "code" TEXT,
    "message" TEXT,
    "mends" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "path" TEXT NOT NULL,

    CONSTRAINT "WebhookEvent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "WebhookIncident" (
    "id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "subjectId" UUID NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "WebhookIncident_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "WebhookDelivery" (
    "id" UUID NOT NULL,
    "endpointId" UUID NOT NULL,
    "eventId" UUID NOT NULL,
    "status" "WebhookDeliveryStatus" NOT NULL DEFAULT 'pending',
    "tries" INTEGER NOT NULL DEFAULT 0,
    "nextTryAt" TIMESTAMPTZ(3),
    "leaseUntil" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "WebhookDelivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "WebhookAttempt" (
    "id" UUID NOT NULL,
    "deliveryId" UUID NOT NULL,
    "occurredAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "durationMs" INTEGER NOT NULL,
    "isSuccess" BOOLEAN NOT NULL,
    "httpStatus" INTEGER,
    "failure" TEXT,
    "answer" TEXT,

    CONSTRAINT "WebhookAttempt_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "WebhookEvent_occurredAt_idx" ON "WebhookEvent"("occurredAt");

-- CreateIndex
CREATE INDEX "WebhookEvent_unspread" ON "WebhookEvent"("occurredAt") WHERE ("spreadAt" IS NULL);

-- CreateIndex
CREATE INDEX "WebhookIncident_subjectId_idx" ON "WebhookIncident"("subjectId");

-- CreateIndex
CREATE INDEX "WebhookDelivery_eventId_idx" ON "WebhookDelivery"("eventId");

-- CreateIndex
CREATE INDEX "WebhookDelivery_endpointId_createdAt_id_idx" ON "WebhookDelivery"("endpointId", "createdAt" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "WebhookDelivery_due" ON "WebhookDelivery"("endpointId", "nextTryAt") WHERE (status = 'pending');

-- CreateIndex
CREATE UNIQUE INDEX "WebhookDelivery_endpointId_eventId_key" ON "WebhookDelivery"("endpointId", "eventId");

-- CreateIndex
CREATE INDEX "WebhookAttempt_deliveryId_occurredAt_idx" ON "WebhookAttempt"("deliveryId", "occurredAt");

-- AddForeignKey
ALTER TABLE "WebhookDelivery" ADD CONSTRAINT "WebhookDelivery_endpointId_fkey" FOREIGN KEY ("endpointId") REFERENCES "WebhookEndpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WebhookDelivery" ADD CONSTRAINT "WebhookDelivery_eventId_fkey" FOREIGN KEY ("eventId") REFERENCES "WebhookEvent"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WebhookAttempt" ADD CONSTRAINT "WebhookAttempt_deliveryId_fkey" FOREIGN KEY ("deliveryId") REFERENCES "WebhookDelivery"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What the Prisma schema cannot say.

ALTER TABLE "WebhookEndpoint" ADD CONSTRAINT "WebhookEndpoint_name_check" CHECK (length(btrim("name")) BETWEEN 1 AND 100);
CREATE UNIQUE INDEX "WebhookEndpoint_name_key" ON "WebhookEndpoint" (lower("name"));
ALTER TABLE "WebhookEndpoint" ADD CONSTRAINT "WebhookEndpoint_secret_check" CHECK (("format" = 'standard') = ("secret" IS NOT NULL));

-- Events are written by the database itself, in the transaction of what they tell of: so every way into and out of a trouble
-- is covered, and none is lost or told without having happened. A refresh must neither wait nor fail for them: they lock
-- nothing that another transaction holds, and without an endpoint they cost one look.
-- Parameters of two words, as no column is named: in SQL a column's name would come first.
CREATE FUNCTION write_webhook_event(event_type text, integration_id uuid, mapping_id uuid, connection_id uuid,
  connection_status text, error_code text, error_message text, mended_types text[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO "WebhookEvent" ("id", "type", "occurredAt", "integrationId", "integrationName", "organizationId",
    "organizationName", "connectionId", "status", "code", "message", "mends", "path")
  SELECT gen_random_uuid(), event_type, clock_timestamp(), i."id", i."name", o."id", o."name", connection_id,
    connection_status, left(error_code, 100), left(error_message, 500), mended_types,
    '/settings/integrations/' || i."id" || coalesce('/mappings/' || m."organizationId", '')
  FROM "Integration" i
  LEFT JOIN "Mapping" m ON m."id" = mapping_id
  LEFT JOIN "Organization" o ON o."id" = coalesce(m."organizationId", i."organizationId")
  WHERE i."id" = integration_id AND EXISTS (SELECT FROM "WebhookEndpoint" WHERE "isEnabled");
$$;

CREATE FUNCTION open_webhook_incident(event_type text, subject_id uuid) RETURNS void LANGUAGE sql AS $$
  INSERT INTO "WebhookIncident" ("id", "type", "subjectId", "since")
  SELECT gen_random_uuid(), event_type, subject_id, clock_timestamp()
  WHERE EXISTS (SELECT FROM "WebhookEndpoint" WHERE "isEnabled")
    AND NOT EXISTS (SELECT FROM "WebhookIncident" w WHERE w."subjectId" = subject_id AND w."type" = event_type);
$$;

CREATE FUNCTION announce_connection_broken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Told already, and not mended since: another reason for the same trouble is no news.
  IF EXISTS (SELECT FROM "WebhookIncident" WHERE "subjectId" = NEW."id") THEN
    RETURN NULL;
  END IF;
  PERFORM open_webhook_incident('connection.reconnect_required', NEW."id");
  PERFORM write_webhook_event('connection.reconnect_required', NEW."integrationId", NEW."mappingId", NEW."id",
    NEW."status"::text, NEW."errorCode", NEW."errorMessage", '{}');
  RETURN NULL;
END $$;
CREATE TRIGGER "Connection_broken" AFTER UPDATE OF "status" ON "Connection" FOR EACH ROW
  WHEN (OLD."status" IS DISTINCT FROM NEW."status" AND NEW."status" = 'reconnect_required')
  EXECUTE FUNCTION announce_connection_broken();
CREATE TRIGGER "Connection_born_broken" AFTER INSERT ON "Connection" FOR EACH ROW
  WHEN (NEW."status" = 'reconnect_required') EXECUTE FUNCTION announce_connection_broken();

-- A token ends what was told of its connection, and of its integration's OAuth client: the first one says so for all. A
-- connection that is to get its first token by itself is active before it has one, which mends nothing yet.
CREATE FUNCTION announce_connection_recovered() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  mended text[];
BEGIN
  -- What another transaction is ending is that one's to tell.
  WITH open AS (
    SELECT "id" FROM "WebhookIncident" WHERE "subjectId" IN (NEW."id", NEW."integrationId") FOR UPDATE SKIP LOCKED),
  ended AS (
    DELETE FROM "WebhookIncident" w USING open WHERE w."id" = open."id" RETURNING w."type")
  SELECT array_agg(DISTINCT "type") INTO mended FROM ended;
  IF mended IS NOT NULL THEN
    PERFORM write_webhook_event('connection.recovered', NEW."integrationId", NEW."mappingId", NEW."id",
      NEW."status"::text, NULL, NULL, mended);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "Connection_recovered" AFTER UPDATE OF "status" ON "Connection" FOR EACH ROW
  WHEN (NEW."status" = 'active' AND NEW."accessToken" IS NOT NULL
    AND (OLD."status" IS DISTINCT FROM NEW."status" OR OLD."accessToken" IS NULL))
  EXECUTE FUNCTION announce_connection_recovered();

-- Told again after an edit of the client that did not help: whoever made it wants to know.
CREATE FUNCTION announce_client_failing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM open_webhook_incident('oauth_client.failing', NEW."integrationId");
  PERFORM write_webhook_event('oauth_client.failing', NEW."integrationId", NULL, NULL, NULL, NEW."errorCode",
    NEW."errorMessage", '{}');
  RETURN NULL;
END $$;
CREATE TRIGGER "OAuthClient_failing" AFTER UPDATE OF "errorCode" ON "OAuthClient" FOR EACH ROW
  WHEN (OLD."errorCode" IS NULL AND NEW."errorCode" IS NOT NULL)
  EXECUTE FUNCTION announce_client_failing();
