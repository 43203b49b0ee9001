import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { Prisma } from "@/lib/db/generated/client";
import { fieldError } from "@/lib/errors";
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

const MOST_ACTORS = 100;

/** Whose entries a filter asks for: the platform's, those of some ids, or (null) anybody's. */
export type AuditActors = { type: "system" | "operator" } | { ids: string[] } | null;

/**
 * The entries that match, newest first, after a place. A managed organization's people get their own organization's alone.
 * Each filter walks an index that is in the log's order, so that a page costs the same however long the log is.
 * @throws AppError `permission_denied`; `validation_failed` where more people match than can be walked
 */
export async function listAuditEvents(
  ctx: ReadCtx,
  filter: AuditFilter,
  page: { after: AuditPlace | null; limit: number },
  /** Of an export, which asks once for all its pages. */
  known?: AuditActors,
): Promise<AuditRow[]> {
  const ownId = actorOrganizationId(ctx.actor);
  requirePermission(ctx.actor, "audit.read", ownId);
  const conditions = [...plainConditions(filter, page.after)];
  if (!isProviderContext(ctx.actor)) conditions.push(Prisma.sql`e."organizationId" = ${ownId}::uuid`);
  const targets = targetBranches(filter.target);
  const actors = actorConditions(known === undefined ? await findAuditActors(ctx, filter.who) : known);
  // One of the two is walked branch by branch; the other then only sifts.
  if (targets && actors) conditions.push(actors.sifting);
  const where = Prisma.join([Prisma.sql`TRUE`, ...conditions], " AND ");
  const walk = (from: Prisma.Sql, branch: Prisma.Sql) => Prisma.sql`(SELECT p.* FROM ${from}
    LATERAL (SELECT e.* FROM "AuditEvent" e WHERE ${branch} AND ${where}
      ORDER BY e."occurredAt" DESC, e."id" DESC LIMIT ${page.limit}) p)`;
  const parts =
    !targets && actors
      ? [walk(actors.each, actors.branch)]
      : (targets ?? [Prisma.sql`TRUE`]).map((branch) => walk(Prisma.empty, branch));
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

function actorConditions(actors: AuditActors) {
  if (actors === null) return null;
  if ("type" in actors) {
    const own = Prisma.sql`e."actorId" IS NULL AND e."actorType" = ${actors.type}::"ActorType"`;
    return { sifting: own, each: Prisma.empty, branch: own };
  }
  return {
    sifting: Prisma.sql`e."actorId" = ANY(${actors.ids}::text[])`,
    each: Prisma.sql`unnest(${actors.ids}::text[]) AS a(id) CROSS JOIN`,
    branch: Prisma.sql`e."actorId" = a.id`,
  };
}

/**
 * Whom the words mean: users by address, keys by name, an id as it is. Labels in the log have no index for parts of words.
 * @throws AppError `validation_failed` for words that mean too many: leaving some out would hide entries
 */
export async function findAuditActors(ctx: ReadCtx, who: string): Promise<AuditActors> {
  if (who === "") return null;
  const words = who.toLowerCase();
  if (words === "system" || words === "operator") return { type: words };
  return { ids: isUuid(words) ? [words] : await findActorIds(ctx, who) };
}

async function findActorIds({ actor, db: { prisma } }: ReadCtx, who: string): Promise<string[]> {
  const holds = { contains: who, mode: "insensitive" } as const;
  const ownId = actorOrganizationId(actor);
  const organization: Prisma.OrganizationWhereInput =
    isProviderContext(actor) || ownId === null ? {} : { OR: [{ id: ownId }, { kind: "provider" }] };
  const take = { select: { id: true }, take: MOST_ACTORS + 1 } as const;
  const users = await prisma.user.findMany({
    where: { organization, OR: [{ email: holds }, { name: holds }] },
    ...take,
  });
  const keys = await prisma.apiKey.findMany({
    where: { organization, OR: [{ name: holds }, { prefix: who.slice(0, 8) }] },
    ...take,
  });
  if (users.length + keys.length > MOST_ACTORS) {
    throw fieldError(
      "who",
      `More than ${MOST_ACTORS} people and API keys match “${who}”. Write more of the name or address.`,
    );
  }
  return [...users, ...keys].map(({ id }) => id);
}
