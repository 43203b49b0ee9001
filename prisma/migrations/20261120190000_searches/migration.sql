-- DropIndex
DROP INDEX "Mapping_integrationId_entityId_idx";

-- DropIndex
DROP INDEX "Mapping_integrationId_id_idx";

-- DropIndex
DROP INDEX "Connection_integrationId_status_idx";

-- CreateIndex
CREATE INDEX "Mapping_search" ON "Mapping"("integrationId", "entityId", "entityName", "organizationId");

-- CreateIndex
CREATE INDEX "Mapping_integrationId_id_organizationId_idx" ON "Mapping"("integrationId", "id", "organizationId");

-- CreateIndex
CREATE INDEX "Connection_integrationId_status_mappingId_idx" ON "Connection"("integrationId", "status", "mappingId");


-- What the Prisma schema cannot say.

-- Every run of one to three letters that a text has. An index of them finds words within words, as an extension's trigrams
-- would, on any PostgreSQL and with no right but to this database. The cost keeps a plan from working them out row by row.
CREATE FUNCTION search_grams(words text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
DECLARE
  letters text[] := string_to_array(lower(words), NULL);
  grams text[] := '{}';
BEGIN
  FOR i IN 1 .. cardinality(letters) LOOP
    grams := grams || ARRAY[letters[i], concat(letters[i], letters[i + 1]),
      concat(letters[i], letters[i + 1], letters[i + 2])];
  END LOOP;
  RETURN grams;
END $$;

-- Those that a text must have to have these words: one for up to three letters, else as many as cover them.
CREATE FUNCTION search_terms(words text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  letters text[] := string_to_array(lower(words), NULL);
  last_start int := cardinality(letters) - 2;
  terms text[] := '{}';
BEGIN
  IF last_start <= 1 THEN
    RETURN ARRAY[lower(words)];
  END IF;
  FOR i IN 1 .. last_start LOOP
    IF i % 2 = 1 OR i = last_start THEN
      terms := terms || concat(letters[i], letters[i + 1], letters[i + 2]);
    END IF;
  END LOOP;
  RETURN terms;
END $$;

CREATE INDEX "Organization_search" ON "Organization" USING gin (search_grams("name")) WITH (fastupdate = off);
CREATE INDEX "Integration_search" ON "Integration"
  USING gin (search_grams("name" || ' ' || "description")) WITH (fastupdate = off);
