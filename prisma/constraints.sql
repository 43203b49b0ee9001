-- What the Prisma schema cannot say.

ALTER TABLE "Organization" ADD CONSTRAINT "Organization_name_check" CHECK (length(btrim("name")) BETWEEN 1 AND 200);
CREATE UNIQUE INDEX "Organization_name_key" ON "Organization" (lower("name"));
ALTER TABLE "Organization" ADD CONSTRAINT "Organization_provider_is_active" CHECK ("kind" <> 'provider' OR "isActive");
ALTER TABLE "Installation" ADD CONSTRAINT "Installation_singleton_check" CHECK ("singleton");
ALTER TABLE "User" ADD CONSTRAINT "User_email_check" CHECK ("email" = lower("email") AND length("email") BETWEEN 3 AND 320);
ALTER TABLE "SetupLink" ADD CONSTRAINT "SetupLink_purpose_check" CHECK (("purpose" = 'user') = ("userId" IS NOT NULL));
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
