import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor, Role, UserActor } from "@/lib/auth/actor";
import { SYSTEM } from "@/lib/auth/actor";
import { findSessionActor, startSession } from "@/lib/auth/sessions";
import { hashPassword, verifyPassword } from "@/lib/crypto/password";
import type { Database } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import { AppError } from "@/lib/errors";
import { createOrganization } from "@/lib/organizations/create-organization";
import { seedOrganization, seedProvider, seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { changePassword } from "./change-password";
import { createUser } from "./create-user";
import { endOwnSession } from "./end-session";
import { findAccount } from "./queries";
import { signOutEverywhere } from "./sign-out-everywhere";

const PASSWORD = "canary current password";
const NEW_PASSWORD = "canary password to come";
let db: Database;
let provider: string;
let managed: string;

beforeAll(async () => {
  db = await openTestDatabase();
  provider = (await seedProvider(db)).id;
  managed = (await seedOrganization(db)).id;
});
afterAll(() => db.close());

const newEmail = () => `New-${uuidv7()}@Example.com`;
const create = (actor: Actor, role: Role, organizationId: string, email = newEmail()) =>
  createUser(testContext(db, actor), { email, role, organizationId });
/** "made", or the code of the error. */
const outcomeOf = (creating: Promise<unknown>) =>
  creating.then(
    () => "made",
    (error: unknown) => (error instanceof AppError ? error.code : error),
  );
const isAlive = async (sid: string) =>
  (await findSessionActor(db, sid, { ipAddress: null, userAgent: null }, new Date())) !== null;

describe("creating a user", () => {
  it("stores the address in lower case and gives a setup link", async () => {
    const email = newEmail();
    const { user, setupUrl } = await create(SYSTEM, "viewer", managed, ` ${email} `);
    expect(user).toMatchObject({ email: email.toLowerCase(), role: "viewer", organizationId: managed });
    expect(setupUrl).toMatch(/^http:\/\/localhost:3000\/setup\/[A-Za-z0-9_-]{43}$/);
  });

  it("refuses an address that somebody has, whatever its case", async () => {
    const email = newEmail();
    await create(SYSTEM, "viewer", managed, email);
    await expect(create(SYSTEM, "viewer", provider, email.toUpperCase())).rejects.toMatchObject({
      code: "conflict",
      errors: [{ path: "email" }],
    });
  });

  it.each([
    ["platform_admin", "managed", "validation_failed"],
    ["technician", "managed", "validation_failed"],
    ["organization_admin", "managed", "made"],
    ["viewer", "managed", "made"],
    ["platform_admin", "provider", "made"],
    ["technician", "provider", "made"],
    ["viewer", "provider", "made"],
    ["organization_admin", "provider", "validation_failed"],
  ] as const)("of the role %s in a %s organization: %s", async (role, kind, outcome) => {
    expect(await outcomeOf(create(SYSTEM, role, kind === "managed" ? managed : provider))).toBe(outcome);
  });

  it.each([
    ["platform_admin", "made"],
    ["technician", "permission_denied"],
    ["viewer", "permission_denied"],
  ] as const)("by a %s of the provider: %s", async (role, outcome) => {
    expect(await outcomeOf(create(await seedUser(db, role), "viewer", managed))).toBe(outcome);
  });

  it("is an organization admin's for their own organization alone", async () => {
    const actor = await seedUser(db, "organization_admin", managed);
    await expect(create(actor, "viewer", managed)).resolves.toBeDefined();
    for (const foreign of [provider, (await seedOrganization(db)).id, uuidv7()]) {
      await expect(create(actor, "viewer", foreign)).rejects.toMatchObject({ code: "scope_forbidden" });
    }
    await expect(create(actor, "platform_admin", managed)).rejects.toMatchObject({
      code: "validation_failed",
    });
  });

  it("says that an organization does not exist", async () => {
    await expect(create(SYSTEM, "viewer", uuidv7())).rejects.toMatchObject({
      code: "organization_not_found",
    });
  });

  it.each(["", "no-at-sign", "a@b", `${"a".repeat(320)}@example.com`])(
    "refuses the address %j",
    async (email) => {
      await expect(create(SYSTEM, "viewer", managed, email)).rejects.toMatchObject({
        code: "validation_failed",
        errors: [{ path: "email" }],
      });
    },
  );

  it("leaves an audit entry without the link's secret", async () => {
    const { user, setupUrl } = await create(SYSTEM, "viewer", managed);
    const events = await db.prisma.auditEvent.findMany({ where: { targetId: user.id } });
    expect(events).toMatchObject([
      { action: "user.create", organizationId: managed, after: { email: user.email, role: "viewer" } },
    ]);
    expect(JSON.stringify(events)).not.toContain(setupUrl.split("/").at(-1));
  });
});

describe("creating an organization", () => {
  it("takes a trimmed name once, whatever its case", async () => {
    const name = `Contoso ${uuidv7()}`;
    const made = await createOrganization(testContext(db), { name: ` ${name} ` });
    expect(made).toMatchObject({ name, kind: "managed" });
    await expect(createOrganization(testContext(db), { name: name.toUpperCase() })).rejects.toMatchObject({
      code: "conflict",
      errors: [{ path: "name" }],
    });
    expect(await db.prisma.auditEvent.findMany({ where: { targetId: made.id } })).toMatchObject([
      { action: "organization.create", organizationId: made.id },
    ]);
  });

  it.each(["technician", "viewer"] as const)("is not a %s's", async (role) => {
    const actor = await seedUser(db, role);
    await expect(createOrganization(testContext(db, actor), { name: uuidv7() })).rejects.toMatchObject({
      code: "permission_denied",
    });
  });

  it("is not an organization admin's", async () => {
    const actor = await seedUser(db, "organization_admin", managed);
    await expect(createOrganization(testContext(db, actor), { name: uuidv7() })).rejects.toMatchObject({
      code: "permission_denied",
    });
  });
});

describe("one's own account", () => {
  async function userWithPassword(): Promise<UserActor> {
    const actor = await seedUser(db, "viewer", managed);
    await db.prisma.user.update({
      where: { id: actor.id },
      data: { passwordHash: await hashPassword(PASSWORD) },
    });
    return actor;
  }
  const another = (actor: UserActor) => startSession(db.prisma, actor.id, actor.origin, new Date());
  const change = (actor: UserActor, currentPassword = PASSWORD, newPassword = NEW_PASSWORD) =>
    changePassword(testContext(db, actor), { currentPassword, newPassword });

  it("a new password ends every other session at once", async () => {
    const actor = await userWithPassword();
    const others = [await another(actor), await another(actor)];
    expect(await change(actor)).toEqual({ endedSessions: 2 });
    expect(await isAlive(actor.sid)).toBe(true);
    for (const sid of others) expect(await isAlive(sid)).toBe(false);
    const { passwordHash } = await db.prisma.user.findUniqueOrThrow({ where: { id: actor.id } });
    expect(await verifyPassword(NEW_PASSWORD, passwordHash ?? "")).toBe(true);
  });

  it.each([
    ["a wrong current password", "not the password", NEW_PASSWORD, "currentPassword"],
    ["a short new one", PASSWORD, "short", "newPassword"],
    ["a long new one", PASSWORD, "x".repeat(257), "newPassword"],
    ["spaces alone", PASSWORD, " ".repeat(20), "newPassword"],
  ])("keeps the password and the sessions on %s", async (_title, current, next, path) => {
    const actor = await userWithPassword();
    const other = await another(actor);
    await expect(change(actor, current, next)).rejects.toMatchObject({
      code: "validation_failed",
      errors: [{ path }],
    });
    expect(await isAlive(other)).toBe(true);
    await change(actor);
  });

  it("refuses the own address as a password", async () => {
    const actor = await userWithPassword();
    await expect(change(actor, PASSWORD, actor.label)).rejects.toMatchObject({
      errors: [{ path: "newPassword" }],
    });
  });

  it("throttles guessing the current password", async () => {
    const actor = await userWithPassword();
    const now = new Date();
    const guess = (currentPassword: string) =>
      changePassword(testContext(db, actor, { now: () => now }), {
        currentPassword,
        newPassword: NEW_PASSWORD,
      });
    for (let made = 0; made < 5; made++) {
      await expect(guess(`guess ${made}`)).rejects.toMatchObject({ code: "validation_failed" });
    }
    await expect(guess(PASSWORD)).rejects.toMatchObject({ code: "rate_limited", retryAfterSeconds: 30 });
  });

  it("without a password there is none to change, and asking for it is no guess at one", async () => {
    const actor = await seedUser(db, "viewer", managed);
    expect(await findAccount(db, actor.id)).toMatchObject({ hasPassword: false });
    for (let made = 0; made < 7; made++) {
      await expect(change(actor)).rejects.toMatchObject({
        code: "conflict",
        message: expect.stringContaining("setup link"),
      });
    }
    const { passwordHash } = await db.prisma.user.findUniqueOrThrow({ where: { id: actor.id } });
    expect(passwordHash).toBeNull();
  });

  it("lets one of two changes at once win", async () => {
    const actor = await userWithPassword();
    const results = await Promise.allSettled([
      change(actor, PASSWORD, `${NEW_PASSWORD} a`),
      change(actor, PASSWORD, `${NEW_PASSWORD} b`),
    ]);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("signing out everywhere ends every session, this one too", async () => {
    const actor = await userWithPassword();
    const other = await another(actor);
    expect(await signOutEverywhere(testContext(db, actor))).toEqual({ endedSessions: 2 });
    expect(await isAlive(actor.sid)).toBe(false);
    expect(await isAlive(other)).toBe(false);
  });

  it("ends one session of one's own, and nobody else's", async () => {
    const actor = await userWithPassword();
    const stranger = await seedUser(db, "viewer");
    const other = await another(actor);
    await endOwnSession(testContext(db, actor), { sessionId: stranger.sid });
    await endOwnSession(testContext(db, actor), { sessionId: other });
    expect(await isAlive(stranger.sid)).toBe(true);
    expect(await isAlive(other)).toBe(false);
  });

  it("is nobody's without a user", async () => {
    await expect(signOutEverywhere(testContext(db, SYSTEM))).rejects.toMatchObject({
      code: "permission_denied",
    });
  });

  it("leaves audit entries without a secret", async () => {
    const actor = await userWithPassword();
    await another(actor);
    await change(actor);
    await endOwnSession(testContext(db, actor), { sessionId: await another(actor) });
    await signOutEverywhere(testContext(db, actor));
    const events = await db.prisma.auditEvent.findMany({
      where: { targetId: actor.id },
      orderBy: { id: "asc" },
    });
    expect(events.map(({ action }) => action)).toEqual([
      "user.change_password",
      "user.end_session",
      "user.sign_out_everywhere",
    ]);
    expect(events[0]).toMatchObject({ actorId: actor.id, after: { password: "changed", endedSessions: 1 } });
    for (const secret of [PASSWORD, NEW_PASSWORD, "argon2id"]) {
      expect(JSON.stringify(events)).not.toContain(secret);
    }
  });
});
