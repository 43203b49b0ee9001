import type { Database, Tx } from "@/lib/db/client";
import type { Origin, Role, UserActor } from "./actor.ts";

/**
 * A session ends 30 days after the sign-in, used or not: an absolute end bounds what a stolen cookie is worth, and
 * nobody is asked for a password more than once a month.
 */
export const SESSION_LIFETIME_SECONDS = 30 * 24 * 60 * 60;

const SEEN_AGAIN_AFTER_MS = 60_000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** One browser signed in, as its owner sees it. */
export interface SessionSummary {
  id: string;
  userAgent: string | null;
  ipAddress: string | null;
  createdAt: Date;
  lastSeenAt: Date;
}

/** Opens a session and gives its id, which the JWT carries as `sid`. */
export async function startSession(tx: Tx, userId: string, origin: Origin, now: Date): Promise<string> {
  const session = await tx.session.create({
    data: {
      userId,
      ipAddress: origin.ipAddress,
      userAgent: origin.userAgent?.slice(0, 300) ?? null,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + SESSION_LIFETIME_SECONDS * 1000),
    },
    select: { id: true },
  });
  return session.id;
}

interface ActorRow {
  lastSeenAt: Date;
  userId: string;
  email: string;
  role: Role;
  organizationId: string;
  organizationKind: "provider" | "managed";
}

const ACTOR_OF_SESSION = `
  SELECT s."lastSeenAt", u."id" AS "userId", u."email", u."role"::text AS "role",
         o."id" AS "organizationId", o."kind"::text AS "organizationKind"
  FROM "Session" s
  JOIN "User" u ON u."id" = s."userId"
  JOIN "Organization" o ON o."id" = u."organizationId"
  WHERE s."id" = $1 AND s."expiresAt" > $2 AND u."isActive" AND o."isActive"`;

/**
 * The user behind a `sid`, or null when the session was ended or has expired, or the user or the organization was
 * deactivated. Asks the database every time, in one query, so that all of these hold at once.
 */
export async function findSessionActor(
  db: Database,
  sid: unknown,
  origin: Origin,
  now: Date,
): Promise<UserActor | null> {
  if (typeof sid !== "string" || !UUID.test(sid)) return null;
  const found = await db.pool.query<ActorRow>({
    name: "actor-of-session",
    text: ACTOR_OF_SESSION,
    values: [sid, now],
  });
  const row = found.rows[0];
  if (!row) return null;
  const seenBefore = new Date(now.getTime() - SEEN_AGAIN_AFTER_MS);
  if (row.lastSeenAt < seenBefore) {
    // The condition again, so that requests at the same moment write once.
    await db.prisma.session.updateMany({
      where: { id: sid, lastSeenAt: { lt: seenBefore } },
      data: { lastSeenAt: now },
    });
  }
  return {
    type: "user",
    id: row.userId,
    label: row.email,
    role: row.role,
    organizationId: row.organizationId,
    organizationKind: row.organizationKind,
    sid,
    origin,
  };
}

/** The living sessions of a user, latest first. */
export async function listSessions(db: Database, userId: string, now: Date): Promise<SessionSummary[]> {
  return db.prisma.session.findMany({
    where: { userId, expiresAt: { gt: now } },
    orderBy: [{ lastSeenAt: "desc" }, { id: "desc" }],
    select: { id: true, userAgent: true, ipAddress: true, createdAt: true, lastSeenAt: true },
    take: 100,
  });
}

/** Ends one session of this user; says whether there was one. */
export async function endSession(tx: Tx, userId: string, sid: string): Promise<boolean> {
  const ended = await tx.session.deleteMany({ where: { id: sid, userId } });
  return ended.count > 0;
}

/** Ends every session of a user, or all but one, and says how many. */
export async function endSessions(tx: Tx, userId: string, exceptSid?: string): Promise<number> {
  const ended = await tx.session.deleteMany({
    where: { userId, ...(exceptSid === undefined ? {} : { NOT: { id: exceptSid } }) },
  });
  return ended.count;
}
