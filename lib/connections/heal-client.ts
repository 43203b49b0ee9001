/**
 * Says that an integration's OAuth client works, as a token was made with it just now, and lets every connection that
 * failed for its fault recover at once: those that were only marked are active again, the others are due. `$1` is the
 * integration. It waits for no lock, as its transaction holds one already: whoever holds the client's row heals or blames
 * it anew, and whoever holds another connection's is about to store how that one is.
 */
export const HEAL_CLIENT = `WITH client AS (
    SELECT "id" FROM "OAuthClient" WHERE "integrationId" = $1::uuid AND "errorCode" IS NOT NULL FOR UPDATE SKIP LOCKED),
  healed AS (
    UPDATE "OAuthClient" o SET "errorCode" = NULL, "errorMessage" = NULL, "errorAt" = NULL, "probeAt" = NULL
    FROM client WHERE o."id" = client."id" RETURNING o."integrationId"),
  others AS (
    SELECT c."id", c."failures" = 0 AND c."accessToken" IS NOT NULL AS "isMarked" FROM "Connection" c
    JOIN healed ON healed."integrationId" = c."integrationId"
    WHERE c."status" = 'degraded' FOR UPDATE OF c SKIP LOCKED)
  UPDATE "Connection" c SET "nextTryAt" = NULL,
    "status" = CASE WHEN "isMarked" THEN 'active' ELSE c."status"::text END::"ConnectionStatus",
    "errorCode" = CASE WHEN "isMarked" THEN NULL ELSE c."errorCode" END,
    "errorMessage" = CASE WHEN "isMarked" THEN NULL ELSE c."errorMessage" END,
    "errorSince" = CASE WHEN "isMarked" THEN NULL ELSE c."errorSince" END,
    "dueAt" = CASE WHEN "isMarked" THEN c."dueAt"
      ELSE least(coalesce(c."dueAt", clock_timestamp()), clock_timestamp()) END
  FROM others WHERE c."id" = others."id"`;
