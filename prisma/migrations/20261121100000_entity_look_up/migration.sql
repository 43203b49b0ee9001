-- What the Prisma schema cannot say.

-- Mappings by their entity ID, whose case says nothing: an Entra tenant ID comes in capitals and in small letters.
CREATE INDEX "Mapping_entity" ON "Mapping" ("integrationId", lower(trim("entityId")), "id");
