import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { OPERATOR } from "@/lib/auth/actor";
import { checkPassword } from "@/lib/auth/check-password";
import { findSessionActor, startSession } from "@/lib/auth/sessions";
import { hashSecret } from "@/lib/crypto/secret-token";
import type { Database } from "@/lib/db/client";
import { SettingError } from "@/lib/env";
import { seedOrganization, seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { acceptFirstAdminLink, acceptUserLink } from "./accept-setup-link";
import { firstRun } from "./create-first-setup-link";
import { createUser } from "./create-user";
import { findSetupLink } from "./queries";

const origin = { ipAddress: "192.0.2.7", userAgent: "test browser" };
const noAdmin = { adminEmail: undefined, adminPassword: undefined };
const admin = { name: "Ada", email: "Ada@Example.com", password: "canary correct horse" };
const tokenOf = (url: string | null) => url?.split("/").at(-1) ?? "";
const at = (seconds: number) => () => new Date(Date.now() + seconds * 1000);

describe("the first start", () => {
  let db: Database;
  beforeEach(async () => {
    db = await openTestDatabase();
  });
  afterEach(() => db.close());
  const ctx = (changes = {}) => testContext(db, OPERATOR, changes);

  it("makes the provider organization, once, and gives a link good for an hour", async () => {
    const url = await firstRun(ctx(), noAdmin);
    expect(url).toMatch(/^http:\/\/localhost:3000\/setup\/[A-Za-z0-9_-]{43}$/);
    await firstRun(ctx(), noAdmin);
    expect(await db.prisma.organization.findMany()).toMatchObject([{ name: "Provider", kind: "provider" }]);
    expect(await findSetupLink(db, tokenOf(url), new Date())).toMatchObject({ state: "unknown" });
  });

  it("replaces the earlier link by a new one at each start", async () => {
    const first = tokenOf(await firstRun(ctx(), noAdmin));
    const second = tokenOf(await firstRun(ctx(), noAdmin));
    await expect(acceptFirstAdminLink(ctx(), origin, first, admin)).rejects.toMatchObject({
      code: "setup_link_not_found",
    });
    expect(await acceptFirstAdminLink(ctx(), origin, second, admin)).toEqual({ email: "ada@example.com" });
  });

  it("keeps no more than a hash of the link's secret", async () => {
    const token = tokenOf(await firstRun(ctx(), noAdmin));
    const link = await db.prisma.setupLink.findFirstOrThrow();
    expect(Buffer.from(link.tokenHash)).toEqual(hashSecret(token));
    expect(JSON.stringify(link)).not.toContain(token);
  });

  it("makes a platform admin of the provider organization, who can sign in", async () => {
    const token = tokenOf(await firstRun(ctx(), noAdmin));
    await acceptFirstAdminLink(ctx(), origin, token, admin);
    const user = await db.prisma.user.findFirstOrThrow({ include: { organization: true } });
    expect(user).toMatchObject({
      name: "Ada",
      email: "ada@example.com",
      role: "platform_admin",
      organization: { kind: "provider" },
    });
    expect(user.passwordHash).toMatch(/^\$argon2id\$/);
    expect(await checkPassword(db, admin, origin, new Date())).toMatchObject({ ok: true });
    expect(await firstRun(ctx(), noAdmin)).toBeNull();
  });

  it("is expired after an hour, and says so", async () => {
    const token = tokenOf(await firstRun(ctx(), noAdmin));
    expect(await findSetupLink(db, token, at(3_540)())).toEqual({ state: "first_admin" });
    expect(await findSetupLink(db, token, at(3_601)())).toEqual({ state: "expired", purpose: "first_admin" });
    await expect(acceptFirstAdminLink(ctx({ now: at(3_601) }), origin, token, admin)).rejects.toMatchObject({
      code: "setup_link_not_found",
    });
    expect(await db.prisma.user.count()).toBe(0);
  });

  it("makes one admin of two who use the link at once", async () => {
    const token = tokenOf(await firstRun(ctx(), noAdmin));
    const results = await Promise.allSettled(
      ["a@example.com", "b@example.com", "c@example.com"].map((email) =>
        acceptFirstAdminLink(ctx(), origin, token, { ...admin, email }),
      ),
    );
    const codes = results.map((result) => (result.status === "fulfilled" ? "made" : result.reason.code));
    expect(codes.toSorted()).toEqual(["made", "setup_link_not_found", "setup_link_not_found"]);
    expect(await db.prisma.user.count()).toBe(1);
  });

  it("does not spend the link on input that is refused", async () => {
    const token = tokenOf(await firstRun(ctx(), noAdmin));
    await expect(
      acceptFirstAdminLink(ctx(), origin, token, { ...admin, password: "short" }),
    ).rejects.toMatchObject({ code: "validation_failed", errors: [{ path: "password" }] });
    await acceptFirstAdminLink(ctx(), origin, token, admin);
  });

  it("is no way in once there is a user", async () => {
    const token = tokenOf(await firstRun(ctx(), noAdmin));
    await seedUser(db, "viewer");
    expect(await findSetupLink(db, token, new Date())).toEqual({ state: "unknown" });
    await expect(acceptFirstAdminLink(ctx(), origin, token, admin)).rejects.toMatchObject({
      code: "setup_link_not_found",
    });
  });

  it("makes the admin of the settings instead, who can sign in", async () => {
    const settings = { adminEmail: "Boss@Example.com", adminPassword: admin.password };
    expect(await firstRun(ctx(), settings)).toBeNull();
    const check = await checkPassword(
      db,
      { email: "boss@example.com", password: admin.password },
      origin,
      new Date(),
    );
    expect(check).toMatchObject({ ok: true });
    expect(
      await firstRun(ctx(), { adminEmail: "other@example.com", adminPassword: admin.password }),
    ).toBeNull();
    expect(await db.prisma.user.count()).toBe(1);
  });

  it("says in one line that the password of the settings is too short, without repeating it", async () => {
    const error = await firstRun(ctx(), { adminEmail: "a@example.com", adminPassword: "canary" }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(SettingError);
    expect(String(error)).toMatch(/BIFROST_ADMIN_PASSWORD.*12 characters/);
    expect(String(error)).not.toContain("canary");
  });

  it("makes one provider and one living link of several starts at once", async () => {
    const urls = await Promise.all(Array.from({ length: 5 }, () => firstRun(ctx(), noAdmin)));
    expect(await db.prisma.organization.count({ where: { kind: "provider" } })).toBe(1);
    const states = await Promise.all(urls.map((url) => findSetupLink(db, tokenOf(url), new Date())));
    expect(states.filter(({ state }) => state === "first_admin")).toHaveLength(1);
  });

  it("leaves no secret in the audit log", async () => {
    const token = tokenOf(await firstRun(ctx(), noAdmin));
    await acceptFirstAdminLink(ctx(), origin, token, admin);
    const events = await db.prisma.auditEvent.findMany();
    expect(events.map(({ action }) => action)).toEqual(
      expect.arrayContaining(["organization.create", "user.create"]),
    );
    const text = JSON.stringify(events);
    for (const secret of [token, admin.password, "argon2id"]) expect(text).not.toContain(secret);
  });
});

describe("an invited user's link", () => {
  let db: Database;
  beforeAll(async () => {
    db = await openTestDatabase();
    await seedUser(db, "platform_admin");
  });
  afterAll(() => db.close());
  const password = "canary of an invited user";

  async function invite() {
    const organization = await seedOrganization(db);
    const { user, setupUrl } = await createUser(testContext(db), {
      email: `invited-${organization.id}@example.com`,
      role: "viewer",
      organizationId: organization.id,
    });
    return { user, token: tokenOf(setupUrl) };
  }

  it("is good for 7 days and shows whose it is", async () => {
    const { user, token } = await invite();
    expect(await findSetupLink(db, token, at(6.9 * 86_400)())).toMatchObject({
      state: "user",
      email: user.email,
    });
    expect(await findSetupLink(db, token, at(7.1 * 86_400)())).toEqual({ state: "expired", purpose: "user" });
  });

  it("sets the password once", async () => {
    const { user, token } = await invite();
    expect(await acceptUserLink(testContext(db), origin, token, { password })).toEqual({ email: user.email });
    await expect(
      acceptUserLink(testContext(db), origin, token, { password: "another good password" }),
    ).rejects.toMatchObject({ code: "setup_link_not_found" });
    expect(await checkPassword(db, { email: user.email, password }, origin, new Date())).toMatchObject({
      ok: true,
    });
  });

  it("is won by one of two who use it at once", async () => {
    const { token } = await invite();
    const results = await Promise.allSettled(
      [1, 2, 3, 4].map((n) =>
        acceptUserLink(testContext(db), origin, token, { password: `${password} ${n}` }),
      ),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  it("ends sessions that were there before", async () => {
    const { user, token } = await invite();
    const sid = await startSession(db.prisma, user.id, origin, new Date());
    await acceptUserLink(testContext(db), origin, token, { password });
    expect(await findSessionActor(db, sid, origin, new Date())).toBeNull();
  });

  it("is not spent on the user's own address as a password", async () => {
    const { user, token } = await invite();
    await expect(
      acceptUserLink(testContext(db), origin, token, { password: user.email.toUpperCase() }),
    ).rejects.toMatchObject({ code: "validation_failed", errors: [{ path: "password" }] });
    await acceptUserLink(testContext(db), origin, token, { password });
  });

  it("does not help a deactivated user, and cannot make an admin", async () => {
    const { user, token } = await invite();
    await expect(acceptFirstAdminLink(testContext(db), origin, token, admin)).rejects.toMatchObject({
      code: "setup_link_not_found",
    });
    await db.prisma.user.update({ where: { id: user.id }, data: { isActive: false } });
    expect(await findSetupLink(db, token, new Date())).toEqual({ state: "unknown" });
    await expect(acceptUserLink(testContext(db), origin, token, { password })).rejects.toMatchObject({
      code: "setup_link_not_found",
    });
  });

  it("leaves no secret in the audit log", async () => {
    const { user, token } = await invite();
    await acceptUserLink(testContext(db), origin, token, { password });
    const events = await db.prisma.auditEvent.findMany({ where: { targetId: user.id } });
    expect(events.map(({ action }) => action)).toEqual(["user.create", "user.accept_setup_link"]);
    expect(events[1]).toMatchObject({ actorId: user.id, ipAddress: origin.ipAddress });
    for (const secret of [token, password, "argon2id"]) expect(JSON.stringify(events)).not.toContain(secret);
  });
});
