import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { may } from "@/lib/auth/permissions";
import { Prisma } from "@/lib/db/generated/client";
import { listPresets } from "@/lib/presets/list-presets";
import type { Forecast, ForecastRow } from "./schema";
import { OF_ACTIVE, visibleConnections } from "./queries";

const WITHIN_DAYS = 30;
const LIMIT = 20;

/** Services that end a consent so many days after it was given, as their presets know. */
const MAX_DAYS = listPresets().flatMap(({ id, refreshTokenMaxDays: days }) =>
  days === null ? [] : [{ id, days }],
);

interface Row {
  kind: ForecastRow["kind"];
  integrationId: string;
  integrationName: string;
  ownerId: string | null;
  organizationId: string | null;
  organizationName: string | null;
  endsAt: Date;
}

/**
 * What ends within 30 days unless somebody acts: refresh tokens that no refresh prolongs, consents that the service ends
 * however often they are refreshed, and client secrets whose end an admin entered. Of a connection, what ends first.
 */
export async function listForecast(ctx: Ctx): Promise<Forecast> {
  const ownId = isProviderContext(ctx.actor) ? null : (actorOrganizationId(ctx.actor) ?? "");
  const until = new Date(ctx.now().getTime() + WITHIN_DAYS * 86_400_000);
  const mine = ownId === null ? Prisma.sql`TRUE` : Prisma.sql`i."organizationId" = ${ownId}::uuid`;
  const consentEndsAt = Prisma.sql`c."connectedAt" + make_interval(days => CASE i."presetId"
    ${Prisma.join(
      MAX_DAYS.map(({ id, days }) => Prisma.sql`WHEN ${id} THEN ${days}::int`),
      " ",
    )} END)`;
  const rows = await ctx.db.prisma.$queryRaw<Row[]>`
    SELECT t.*, org."name" AS "organizationName" FROM (
      SELECT DISTINCT ON ("kind" = 'client_secret', "integrationId", "organizationId") * FROM (
      (SELECT 'refresh_token' AS "kind", c."integrationId", i."name" AS "integrationName",
          i."organizationId" AS "ownerId", m."organizationId", c."refreshTokenExpiresAt" AS "endsAt"
        ${visibleConnections(ownId)} AND ${OF_ACTIVE} AND c."refreshTokenExpiresAt" <= ${until} AND c."refreshToken" IS NOT NULL
          AND NOT c."refreshTokenRenews" AND c."status" IN ('active', 'degraded')
        ORDER BY c."refreshTokenExpiresAt" LIMIT ${LIMIT + 1})
      UNION ALL
      (SELECT 'consent', c."integrationId", i."name", i."organizationId", m."organizationId", ${consentEndsAt}
        ${visibleConnections(ownId)} AND i."presetId" = ANY(${MAX_DAYS.map(({ id }) => id)}) AND ${consentEndsAt} <= ${until}
          AND c."refreshToken" IS NOT NULL AND c."status" IN ('active', 'degraded')
        ORDER BY 6 LIMIT ${LIMIT + 1})
      UNION ALL
      (SELECT 'client_secret', o."integrationId", i."name", i."organizationId", NULL, o."clientSecretExpiresAt"
        FROM "OAuthClient" o JOIN "Integration" i ON i."id" = o."integrationId"
        WHERE ${mine} AND o."clientSecretExpiresAt" <= ${until} AND o."clientSecret" IS NOT NULL
        ORDER BY o."clientSecretExpiresAt" LIMIT ${LIMIT + 1})) ends
      ORDER BY "kind" = 'client_secret', "integrationId", "organizationId", "endsAt") t
    LEFT JOIN "Organization" org ON org."id" = t."organizationId"
    ORDER BY t."endsAt", t."integrationName" LIMIT ${LIMIT + 1}`;
  return { rows: rows.slice(0, LIMIT).map((row) => forecastRow(ctx, row)), hasMore: rows.length > LIMIT };
}

function forecastRow({ actor }: Ctx, row: Row): ForecastRow {
  const { kind, ownerId, organizationId, organizationName } = row;
  const mayReconnect = may(actor, "connections.connect", organizationId ?? ownerId);
  const mayEdit = may(actor, "integrations.write", ownerId);
  return {
    kind,
    integration: { id: row.integrationId, name: row.integrationName },
    organization:
      organizationId !== null && organizationName !== null
        ? { id: organizationId, name: organizationName }
        : null,
    endsAt: row.endsAt.toISOString(),
    act: kind === "client_secret" ? (mayEdit ? "edit_secret" : null) : mayReconnect ? "reconnect" : null,
  };
}
