-- CreateTable
CREATE TABLE "MappingTally" (
    "integrationId" UUID NOT NULL,
    "part" SMALLINT NOT NULL,
    "mapped" INTEGER NOT NULL,

    CONSTRAINT "MappingTally_pkey" PRIMARY KEY ("integrationId","part")
);

-- CreateIndex
CREATE INDEX "ConfigValue_overrides" ON "ConfigValue"("fieldId", "mappingId") WHERE ("mappingId" IS NOT NULL);

-- CreateIndex
CREATE INDEX "Connection_default_status" ON "Connection"("integrationId", "status") WHERE ("mappingId" IS NULL);

-- AddForeignKey
ALTER TABLE "MappingTally" ADD CONSTRAINT "MappingTally_integrationId_fkey" FOREIGN KEY ("integrationId") REFERENCES "Integration"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What the Prisma schema cannot say.

-- A mapping's part follows from its id, so that its end is taken off where its beginning was added.
CREATE FUNCTION tally_mapping() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO "MappingTally" AS t ("integrationId", part, mapped)
      VALUES (NEW."integrationId", hashtext(NEW.id::text) & 7, 1)
      ON CONFLICT ("integrationId", part) DO UPDATE SET mapped = t.mapped + 1;
  ELSE
    UPDATE "MappingTally" SET mapped = mapped - 1
      WHERE "integrationId" = OLD."integrationId" AND part = hashtext(OLD.id::text) & 7;
  END IF;
  RETURN NULL;
END $$;
LOCK TABLE "Mapping" IN SHARE ROW EXCLUSIVE MODE;
CREATE TRIGGER "Mapping_tally" AFTER INSERT OR DELETE ON "Mapping" FOR EACH ROW EXECUTE FUNCTION tally_mapping();
INSERT INTO "MappingTally" ("integrationId", part, mapped)
  SELECT "integrationId", hashtext(id::text) & 7, count(*) FROM "Mapping" GROUP BY 1, 2;

-- The order in which the list is shown.
CREATE INDEX "Integration_list_name" ON "Integration" (lower("name"), "id");
