-- CreateIndex
CREATE INDEX "ConfigValue_fieldId_id_idx" ON "ConfigValue"("fieldId", "id");

-- CreateIndex
CREATE INDEX "Mapping_integrationId_id_idx" ON "Mapping"("integrationId", "id");


