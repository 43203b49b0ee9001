-- AlterTable
ALTER TABLE "Integration" ADD COLUMN     "definitionStamp" UUID NOT NULL DEFAULT gen_random_uuid();


-- What the Prisma schema cannot say.

-- Every change of a definition gives it another stamp, whoever makes the change: a verb, an older version of the server
-- during an upgrade, somebody with psql. Processes keep definitions by their stamp.
CREATE FUNCTION stamp_integration() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."definitionStamp" := gen_random_uuid();
  RETURN NEW;
END $$;
CREATE TRIGGER "Integration_stamp" BEFORE UPDATE ON "Integration" FOR EACH ROW EXECUTE FUNCTION stamp_integration();

CREATE FUNCTION stamp_definition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    UPDATE "Integration" SET "definitionStamp" = gen_random_uuid() WHERE id = OLD."integrationId";
  END IF;
  IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW."integrationId" <> OLD."integrationId") THEN
    UPDATE "Integration" SET "definitionStamp" = gen_random_uuid() WHERE id = NEW."integrationId";
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "ConfigField_stamp" AFTER INSERT OR UPDATE OR DELETE ON "ConfigField"
  FOR EACH ROW EXECUTE FUNCTION stamp_definition();

-- Overrides are read anew each time: only defaults are part of a definition.
CREATE TRIGGER "ConfigValue_stamp_new" AFTER INSERT ON "ConfigValue"
  FOR EACH ROW WHEN (NEW."mappingId" IS NULL) EXECUTE FUNCTION stamp_definition();
CREATE TRIGGER "ConfigValue_stamp_changed" AFTER UPDATE ON "ConfigValue"
  FOR EACH ROW WHEN (NEW."mappingId" IS NULL OR OLD."mappingId" IS NULL) EXECUTE FUNCTION stamp_definition();
CREATE TRIGGER "ConfigValue_stamp_gone" AFTER DELETE ON "ConfigValue"
  FOR EACH ROW WHEN (OLD."mappingId" IS NULL) EXECUTE FUNCTION stamp_definition();

-- How the OAuth client fares is no part of the definition, and is written while connections are locked, which edits lock later.
CREATE TRIGGER "OAuthClient_stamp" AFTER INSERT OR DELETE ON "OAuthClient"
  FOR EACH ROW EXECUTE FUNCTION stamp_definition();
CREATE TRIGGER "OAuthClient_stamp_changed" AFTER UPDATE ON "OAuthClient" FOR EACH ROW
  WHEN (to_jsonb(OLD) - ARRAY['errorCode', 'errorMessage', 'errorAt', 'probeAt', 'updatedAt']
    IS DISTINCT FROM to_jsonb(NEW) - ARRAY['errorCode', 'errorMessage', 'errorAt', 'probeAt', 'updatedAt'])
  EXECUTE FUNCTION stamp_definition();
