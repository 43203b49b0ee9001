import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { Prisma } from "@/lib/db/generated/client";
import { type AuditFilter, type AuditPlace, isUuid } from "./filter";
import { TARGET_TYPES } from "./record-audit";

type ReadCtx = Pick<Ctx, "actor" | "db">;

/** One entry of the log, as it was written. */
export interface AuditRow {
  id: string;
  occurredAt: Date;
  actorType: "user" | "api_key" | "execution" | "system" | "operator";
  actorId: string | null;
  actorLabel: string;
  organizationId: string | null;
  /** As it is called now; null where the entry concerns the platform, or the organization is gone. */
  organizationName: string | null;
  action: string;
  targetType: string;
  targetId: string | null;
  targetLabel: string;
  before: Prisma.JsonValue;
  after: Prisma.JsonValue;
  ipAddress: string | null;
  userAgent: string | null;
}

const MOST_ACTORS = 20;

/**
 * The entries that match, newest first, after a place. A managed organization's people get their own organization's alone.
 * Each filter walks an index that is in the log's order, so that a page costs the same however long the log is.
 * @throws AppError `permission_denied`
 */
export async function listAuditEvents(
  ctx: ReadCtx,
  filter: AuditFilter,
  page: { after: AuditPlace | null; limit: number },
): Promise<AuditRow[]> {
  const ownId = actorOrganizationId(ctx.actor);
  requirePermission(ctx.actor, "audit.read", ownId);
  const conditions = [...plainConditions(filter, page.after)];
  if (!isProviderContext(ctx.actor)) conditions.push(Prisma.sql`e."organizationId" = ${ownId}::uuid`);
  const targets = targetBranches(filter.target);
  const actors = filter.who === "" ? null : await actorBranches(ctx, filter.who);
  if (actors?.length === 0) return [];
  // One of the two is walked branch by branch; the other then only sifts.
  const branches = targets ?? actors ?? [Prisma.sql`TRUE`];
  if (targets && actors) conditions.push(Prisma.sql`(${Prisma.join(actors, " OR ")})`);
  const where = Prisma.join([Prisma.sql`TRUE`, ...conditions], " AND ");
  const parts = branches.map(
    (branch) => Prisma.sql`(SELECT e.* FROM "AuditEvent" e WHERE ${branch} AND ${where}
      ORDER BY e."occurredAt" DESC, e."id" DESC LIMIT ${page.limit})`,
  );
  return ctx.db.prisma.$queryRaw<AuditRow[]>`
    SELECT e."id", e."occurredAt", e."actorType"::text AS "actorType", e."actorId", e."actorLabel", e."organizationId",
      o."name" AS "organizationName", e."action", e."targetType", e."targetId", e."targetLabel", e."before", e."after",
      e."ipAddress", e."userAgent"
    FROM (SELECT * FROM (${Prisma.join(parts, " UNION ALL ")}) p
      ORDER BY "occurredAt" DESC, "id" DESC LIMIT ${page.limit}) e
    LEFT JOIN "Organization" o ON o."id" = e."organizationId"
    ORDER BY e."occurredAt" DESC, e."id" DESC`;
}

function plainConditions(filter: AuditFilter, after: AuditPlace | null): Prisma.Sql[] {
  const conditions: Prisma.Sql[] = [];
  if (after) {
    conditions.push(
      Prisma.sql`(e."occurredAt", e."id") < (${after.occurredAt.toISOString()}::timestamptz, ${after.id}::uuid)`,
    );
  }
  if (filter.action) conditions.push(Prisma.sql`e."action" = ${filter.action}`);
  if (filter.organization) conditions.push(Prisma.sql`e."organizationId" = ${filter.organization}::uuid`);
  if (filter.from) conditions.push(Prisma.sql`e."occurredAt" >= ${`${filter.from}T00:00:00Z`}::timestamptz`);
  if (filter.to) {
    conditions.push(Prisma.sql`e."occurredAt" < ${`${filter.to}T00:00:00Z`}::timestamptz + interval '1 day'`);
  }
  return conditions;
}

function targetBranches(target: string): Prisma.Sql[] | null {
  if (target === "") return null;
  const typed = /^([a-z_]{1,40}):(.+)$/.exec(target);
  if (typed?.[1] && typed[2]) {
    return [Prisma.sql`e."targetType" = ${typed[1]} AND e."targetId" = ${typed[2]}`];
  }
  const id = target.toLowerCase();
  if (isUuid(id)) {
    return TARGET_TYPES.map((type) => Prisma.sql`e."targetType" = ${type} AND e."targetId" = ${id}`);
  }
  return [Prisma.sql`e."targetLabel" = ${target}`];
}

/** Whom the words mean: users by address, keys by name, an id as it is. Labels in the log have no index for parts of words. */
async function actorBranches(ctx: ReadCtx, who: string): Promise<Prisma.Sql[]> {
  const words = who.toLowerCase();
  if (words === "system" || words === "operator") {
    return [Prisma.sql`e."actorId" IS NULL AND e."actorType" = ${words}::"ActorType"`];
  }
  const ids = isUuid(words) ? [words] : await findActorIds(ctx, who);
  return ids.map((id) => Prisma.sql`e."actorId" = ${id}`);
}

async function findActorIds({ actor, db: { prisma } }: ReadCtx, who: string): Promise<string[]> {
  const holds = { contains: who, mode: "insensitive" } as const;
  const ownId = actorOrganizationId(actor);
  const organization: Prisma.OrganizationWhereInput =
    isProviderContext(actor) || ownId === null ? {} : { OR: [{ id: ownId }, { kind: "provider" }] };
  const take = { select: { id: true }, take: MOST_ACTORS } as const;
  const users = await prisma.user.findMany({
    where: { organization, OR: [{ email: holds }, { name: holds }] },
    orderBy: { lastSignInAt: { sort: "desc", nulls: "last" } },
    ...take,
  });
  const keys = await prisma.apiKey.findMany({
    where: { organization, OR: [{ name: holds }, { prefix: who.slice(0, 8) }] },
    orderBy: { lastUsedAt: { sort: "desc", nulls: "last" } },
    ...take,
  });
  return [...users, ...keys].map(({ id }) => id).slice(0, MOST_ACTORS);
}
