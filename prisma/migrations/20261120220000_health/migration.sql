-- CreateIndex
CREATE INDEX "Connection_trouble" ON "Connection"("integrationId", "mappingId") WHERE (status = ANY (ARRAY['degraded'::"ConnectionStatus", 'reconnect_required'::"ConnectionStatus"]));

-- CreateIndex
CREATE INDEX "Connection_refresh_token_end" ON "Connection"("refreshTokenExpiresAt") WHERE ("refreshTokenExpiresAt" IS NOT NULL);

-- CreateIndex
CREATE INDEX "ConnectionActivity_failures" ON "ConnectionActivity"("integrationId", "occurredAt" DESC) WHERE (outcome <> 'success'::text);
