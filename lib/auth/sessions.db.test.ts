import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import { seedOrganization, seedUser } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { endSession, findSessionActor, listSessions, startSession } from "./sessions";
import { signIn, signOut } from "./sign-in";
import { sweepExpired } from "./sweep-expired";

let db: Database;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(() => db.close());

const origin = { ipAddress: "192.0.2.7", userAgent: "test browser" };
const find = (sid: unknown, now = new Date()) => findSessionActor(db, sid, origin, now);

describe("a session", () => {
  it("gives the user as an actor, with the origin of this request", async () => {
    const organization = await seedOrganization(db);
    const user = await seedUser(db, "organization_admin", organization.id);
    expect(await find(user.sid)).toEqual({ ...user, origin });
  });

  it("is asked for in one query", async () => {
    const user = await seedUser(db, "viewer");
    const statements: string[] = [];
    const counting = {
      ...db,
      pool: {
        query: (statement: { text: string }) => {
          statements.push(statement.text);
          return db.pool.query(statement);
        },
      },
    } as unknown as Database;
    expect(await findSessionActor(counting, user.sid, origin, new Date())).not.toBeNull();
    expect(statements).toHaveLength(1);
  });

  it.each([uuidv7(), "not a uuid", "", undefined, 7, '\'; DROP TABLE "Session" --'])(
    "is not there for %j",
    async (sid) => {
      expect(await find(sid)).toBeNull();
    },
  );

  it("is over 30 days after the sign-in, used or not", async () => {
    const user = await seedUser(db, "viewer");
    const now = new Date();
    const sid = await startSession(db.prisma, user.id, origin, now);
    const days = (count: number) => new Date(now.getTime() + count * 24 * 3600 * 1000);
    expect(await find(sid, days(29.9))).not.toBeNull();
    expect(await find(sid, days(30))).toBeNull();
    await sweepExpired(db, days(31));
    expect(await db.prisma.session.findUnique({ where: { id: sid } })).toBeNull();
  });

  it("ends at once when the user or the organization is deactivated", async () => {
    const organization = await seedOrganization(db);
    const user = await seedUser(db, "viewer", organization.id);
    await db.prisma.user.update({ where: { id: user.id }, data: { isActive: false } });
    expect(await find(user.sid)).toBeNull();
    await db.prisma.user.update({ where: { id: user.id }, data: { isActive: true } });
    expect(await find(user.sid)).not.toBeNull();
    await db.prisma.organization.update({ where: { id: organization.id }, data: { isActive: false } });
    expect(await find(user.sid)).toBeNull();
  });

  it("carries the role of now, not of the sign-in", async () => {
    const user = await seedUser(db, "platform_admin");
    await db.prisma.user.update({ where: { id: user.id }, data: { role: "viewer" } });
    expect(await find(user.sid)).toMatchObject({ role: "viewer" });
  });

  it("is marked as seen at most once a minute", async () => {
    const user = await seedUser(db, "viewer");
    const now = new Date();
    const sid = await startSession(db.prisma, user.id, origin, now);
    const seen = async () => (await db.prisma.session.findUniqueOrThrow({ where: { id: sid } })).lastSeenAt;
    await find(sid, new Date(now.getTime() + 59_000));
    expect(await seen()).toEqual(now);
    const later = new Date(now.getTime() + 61_000);
    await find(sid, later);
    expect(await seen()).toEqual(later);
  });

  it("can be ended by its owner alone", async () => {
    const user = await seedUser(db, "viewer");
    const other = await seedUser(db, "viewer");
    expect(await endSession(db.prisma, other.id, user.sid)).toBe(false);
    expect(await find(user.sid)).not.toBeNull();
    expect(await endSession(db.prisma, user.id, user.sid)).toBe(true);
    expect(await find(user.sid)).toBeNull();
  });
});

describe("signing in and out", () => {
  it("opens a session, keeps its origin and tells the audit log", async () => {
    const user = await seedUser(db, "viewer");
    const now = new Date();
    const sid = await signIn(db, user.id, "password", origin, now);
    expect(await find(sid)).toMatchObject({ id: user.id });
    expect((await listSessions(db, user.id, now)).find(({ id }) => id === sid)).toMatchObject(origin);
    const event = await db.prisma.auditEvent.findFirstOrThrow({
      where: { action: "user.sign_in", targetId: user.id },
    });
    expect(event).toMatchObject({
      actorId: user.id,
      ipAddress: origin.ipAddress,
      after: { method: "password" },
    });
  });

  it("opens none for somebody deactivated meanwhile", async () => {
    const user = await seedUser(db, "viewer");
    await db.prisma.user.update({ where: { id: user.id }, data: { isActive: false } });
    expect(await signIn(db, user.id, "password", origin, new Date())).toBeNull();
  });

  it("ends this session and no other, once", async () => {
    const user = await seedUser(db, "viewer");
    const sid = (await signIn(db, user.id, "password", origin, new Date())) ?? "";
    await signOut(db, user.id, sid, origin, new Date());
    await signOut(db, user.id, sid, origin, new Date());
    expect(await find(sid)).toBeNull();
    expect(await find(user.sid)).not.toBeNull();
    expect(await db.prisma.auditEvent.count({ where: { action: "user.sign_out", targetId: user.id } })).toBe(
      1,
    );
  });
});
