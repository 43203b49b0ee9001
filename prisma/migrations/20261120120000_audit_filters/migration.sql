-- CreateIndex
CREATE INDEX "AuditEvent_action_occurredAt_idx" ON "AuditEvent"("action", "occurredAt" DESC);

-- CreateIndex
CREATE INDEX "AuditEvent_targetLabel_occurredAt_idx" ON "AuditEvent"("targetLabel", "occurredAt" DESC);
