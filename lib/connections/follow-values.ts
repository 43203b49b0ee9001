import type { Tx } from "@/lib/db/client";
import type { ConnectionKind, ConnectionStatus } from "@/lib/db/generated/enums";
import { uuidv7 } from "@/lib/db/id";
import {
  describeMove,
  type GrantPlace,
  isConsentMoved,
  isTokenMovedByValues,
  isTokenPlaceWhole,
  listGrantNames,
  tokenOriginOf,
} from "@/lib/oauth/grant-place";
import { templateValues, withoutGrant, type TemplateField } from "./rules";

interface Edit {
  integrationId: string;
  /** By the integration's own values, `entity_id` among them. */
  before: GrantPlace;
  after: GrantPlace;
  now: Date;
}

interface Row {
  id: string;
  kind: ConnectionKind;
  status: ConnectionStatus;
  mappingId: string | null;
  entityId: string | null;
  overrides: TemplateField[] | null;
}

interface Moved {
  row: Row;
  before: GrantPlace;
  place: GrantPlace;
}

const PAGE_SIZE = 1_000;

/**
 * Follows an edit of an integration's own values, or of the placeholders in what a token is asked for with, to every connection
 * whose token is another one now, as an edit of a mapping does for its own: what a person consented to must be consented to
 * anew, what comes without a person comes anew from there. An edit of the texts alone moves nobody to another customer.
 * The integration must be locked.
 * @returns how many connections need a person now
 */
export async function followValues(tx: Tx, edit: Edit): Promise<number> {
  const { before, after } = edit;
  const [then, now] = [listGrantNames(before.client), listGrantNames(after.client)];
  const names = [...new Set([...then, ...now])];
  const changed = names.filter((name) => before.values[name] !== after.values[name]);
  const hasOtherNames = then.length < names.length || now.length < names.length;
  if (changed.length === 0 && !hasOtherNames) return 0;
  let count = 0;
  for (let last: string | null = null; ;) {
    const rows: Row[] = await readPage(tx, edit.integrationId, names, hasOtherNames ? null : changed, last);
    count += await move(
      tx,
      edit,
      rows.flatMap((row) => judge(edit, row)),
    );
    last = rows.at(-1)?.id ?? null;
    if (rows.length < PAGE_SIZE) return count;
  }
}

/** What is connected or about to be, of whoever does not override all that changed; with other names in the URL, of everybody. */
function readPage(
  tx: Tx,
  integrationId: string,
  names: string[],
  changed: string[] | null,
  last: string | null,
) {
  const matter = changed ?? [];
  const inheritable = changed?.length ?? 1;
  return tx.$queryRaw<Row[]>`
    SELECT c."id", c."kind", c."status", c."mappingId", m."entityId", o."overrides"
    FROM "Connection" c LEFT JOIN "Mapping" m ON m."id" = c."mappingId"
    LEFT JOIN LATERAL (
      SELECT json_agg(json_build_object('key', f."key", 'type', f."type", 'value', v."value")) AS "overrides",
        count(*) FILTER (WHERE f."key" = ANY(${matter}::text[])) AS "mattering"
      FROM "ConfigValue" v JOIN "ConfigField" f ON f."id" = v."fieldId"
      WHERE v."mappingId" = m."id" AND f."key" = ANY(${names}::text[]) AND f."type" NOT IN ('secret', 'json')) o ON TRUE
    WHERE c."integrationId" = ${integrationId}::uuid AND (${last}::uuid IS NULL OR c."id" > ${last}::uuid)
      AND (c."status" <> 'not_connected' OR EXISTS (SELECT FROM "HeldGrant" g WHERE g."connectionId" = c."id")
        OR EXISTS (SELECT FROM "Handshake" h WHERE h."integrationId" = c."integrationId"
          AND h."mappingId" IS NOT DISTINCT FROM c."mappingId"))
      AND (m."id" IS NULL OR coalesce(o."mattering", 0)
        + CASE WHEN m."entityId" IS NOT NULL AND 'entity_id' = ANY(${matter}::text[]) THEN 1 ELSE 0 END < ${inheritable}::int)
    ORDER BY c."id" LIMIT ${PAGE_SIZE}`;
}

function judge({ before, after }: Edit, row: Row): Moved[] {
  const placeOf = (place: GrantPlace): GrantPlace => {
    const own = templateValues(row.entityId ?? place.values["entity_id"] ?? null, row.overrides ?? []);
    return { ...place, values: { ...place.values, ...own } };
  };
  const [then, now] = [placeOf(before), placeOf(after)];
  // What is derived rests on another consent.
  const isMoved = isTokenMovedByValues(then, now) || (row.kind === "own" && isConsentMoved(then, now));
  return isMoved ? [{ row, before: then, place: now }] : [];
}

async function move(tx: Tx, edit: Edit, moved: Moved[]): Promise<number> {
  if (moved.length === 0) return 0;
  const ids = moved.map(({ row }) => row.id);
  const mappingIds = moved.flatMap(({ row }) => (row.mappingId === null ? [] : [row.mappingId]));
  const isDefaultMoved = mappingIds.length < moved.length;
  await tx.heldGrant.deleteMany({ where: { connectionId: { in: ids } } });
  await tx.handshake.deleteMany({
    where: {
      integrationId: edit.integrationId,
      OR: [{ mappingId: { in: mappingIds } }, ...(isDefaultMoved ? [{ mappingId: null }] : [])],
    },
  });
  const connected = moved.filter(({ row }) => row.status !== "not_connected");
  const derived = connected.filter(({ row }) => row.kind === "derived");
  await tx.connection.updateMany({
    where: { id: { in: derived.map(({ row }) => row.id) } },
    data: withoutGrant(uuidv7()),
  });
  const own = connected.filter(({ row }) => row.kind === "own");
  const comesByItself = ({ row, place }: Moved) =>
    place.client.flowType === "client_credentials" &&
    row.status !== "reconnect_required" &&
    isTokenPlaceWhole(place);
  const renewed = await renewConnections(
    tx,
    own.filter(comesByItself).map(({ row, place }) => ({ id: row.id, place })),
  );
  return demandReconnect(
    tx,
    own.filter(({ row }) => !renewed.has(row.id)),
    edit.now,
  );
}

/**
 * The next token is asked for at once, at the new place; until then there is none, rather than another customer's.
 * @returns whose; one that was disconnected meanwhile, or needs a person by now, is left as it is
 */
export async function renewConnections(
  tx: Tx,
  moved: { id: string; place: GrantPlace }[],
): Promise<Set<string>> {
  const rows = moved.map(({ id, place }) => ({
    id,
    grantId: uuidv7(),
    origin: tokenOriginOf(place),
    entityId: place.values["entity_id"] ?? null,
    values: place.values,
  }));
  const renewed = await tx.$queryRaw<{ id: string }[]>`
    UPDATE "Connection" c SET "grantId" = x."grantId", "accessToken" = NULL, "refreshToken" = NULL, "extra" = NULL,
      "tokenType" = NULL, "tokenOrigin" = x."origin", "entityId" = x."entityId", "templateValues" = x."values",
      "accountSubject" = NULL, "accountLabel" = NULL, "accountTenant" = NULL,
      "expiresAt" = clock_timestamp(), "dueAt" = clock_timestamp(), "nextTryAt" = NULL, "failures" = 0,
      "attemptEndedAt" = NULL, "forbiddenUntil" = NULL, "leaseUntil" = NULL, "unanswered" = NULL,
      "updatedAt" = clock_timestamp()
    FROM json_to_recordset(${JSON.stringify(rows)}::json)
      AS x("id" uuid, "grantId" uuid, "origin" text, "entityId" text, "values" jsonb)
    WHERE c."id" = x."id" AND c."status" IN ('active', 'degraded')
    RETURNING c."id"`;
  return new Set(renewed.map(({ id }) => id));
}

/** A new `grantId`, so that what an attempt under way brings from the old place does not make it Active again. */
async function demandReconnect(tx: Tx, moved: Moved[], now: Date): Promise<number> {
  const rows = moved.map(({ row, before, place }) => ({
    id: row.id,
    grantId: uuidv7(),
    message: `${describeMove(before, place, "The")} Connect again, so that a token is made there.`,
  }));
  // Where a URL leads to a new origin besides, that stays the reason: it keeps the tokens from being sent there.
  return tx.$executeRaw`
    UPDATE "Connection" c SET "status" = 'reconnect_required', "errorCode" = 'token_url_changed',
      "errorMessage" = x."message", "errorSince" = ${now}, "dueAt" = NULL, "grantId" = x."grantId",
      "leaseUntil" = NULL, "unanswered" = NULL, "updatedAt" = clock_timestamp()
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS x("id" uuid, "grantId" uuid, "message" text)
    WHERE c."id" = x."id" AND c."status" <> 'not_connected'
      AND NOT (c."status" = 'reconnect_required' AND c."errorCode" = 'origin_changed')`;
}
