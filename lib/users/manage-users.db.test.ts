import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findSessionActor } from "@/lib/auth/sessions";
import { seedOrganization, seedProvider, seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { acceptUserLink } from "./accept-setup-link";
import { changeUserRole } from "./change-user-role";
import { createUser } from "./create-user";
import { deactivateUser } from "./deactivate-user";
import { listUsers } from "./queries";
import { reactivateUser } from "./reactivate-user";
import { renewSetupLink } from "./renew-setup-link";
import { userListQuery } from "./schema";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let providerId: string;
const query = (change: object = {}) => userListQuery.parse(change);
const origin = { ipAddress: null, userAgent: null };
const tokenOf = (url: string) => url.split("/").at(-1) ?? "";

beforeAll(async () => {
  db = await openTestDatabase();
  providerId = (await seedProvider(db)).id;
});
afterAll(() => db.close());

describe("changing a user's role", () => {
  it("holds from their next request on", async () => {
    const admin = testContext(db, await seedUser(db, "platform_admin"));
    const user = await seedUser(db, "viewer");
    await changeUserRole(admin, { id: user.id, role: "technician" });
    await changeUserRole(admin, { id: user.id, role: "technician" });
    expect(await findSessionActor(db, user.sid, origin, new Date())).toMatchObject({ role: "technician" });
    expect(await db.prisma.auditEvent.findMany({ where: { targetId: user.id } })).toMatchObject([
      { action: "user.change_role", before: { role: "viewer" }, after: { role: "technician" } },
    ]);
  });

  it("refuses a role that does not fit the organization", async () => {
    const managed = await seedOrganization(db);
    const ctx = testContext(db);
    const customer = await seedUser(db, "viewer", managed.id);
    const colleague = await seedUser(db, "viewer");
    for (const [user, role] of [
      [customer, "platform_admin"],
      [customer, "technician"],
      [colleague, "organization_admin"],
    ] as const) {
      await expect(changeUserRole(ctx, { id: user.id, role })).rejects.toMatchObject({
        code: "validation_failed",
        errors: [{ path: "role" }],
      });
    }
  });
});

describe("the last active platform admin", () => {
  it("cannot be demoted or deactivated, and two cannot demote each other at once", async () => {
    await db.prisma.user.updateMany({ where: { role: "platform_admin" }, data: { isActive: false } });
    const ada = await seedUser(db, "platform_admin");
    const ctx = testContext(db);
    await expect(changeUserRole(ctx, { id: ada.id, role: "viewer" })).rejects.toMatchObject({
      code: "conflict",
    });
    await expect(deactivateUser(ctx, { id: ada.id })).rejects.toMatchObject({ code: "conflict" });
    for (let round = 0; round < 5; round++) {
      const bob = await seedUser(db, "platform_admin");
      await db.prisma.user.update({
        where: { id: ada.id },
        data: { role: "platform_admin", isActive: true },
      });
      const outcomes = await Promise.allSettled([
        changeUserRole(testContext(db, ada), { id: bob.id, role: "viewer" }),
        deactivateUser(testContext(db, bob), { id: ada.id }),
      ]);
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(await db.prisma.user.count({ where: { role: "platform_admin", isActive: true } })).toBe(1);
      await db.prisma.user.update({ where: { id: bob.id }, data: { role: "viewer" } });
      await db.prisma.user.update({
        where: { id: ada.id },
        data: { role: "platform_admin", isActive: true },
      });
    }
  });
});

describe("deactivating a user", () => {
  it("ends sessions and links at once; reactivating lets them sign in anew", async () => {
    const ctx = testContext(db, await seedUser(db, "platform_admin"));
    const { user, setupUrl } = await createUser(ctx, {
      email: "eve@example.com",
      role: "viewer",
      organizationId: providerId,
    });
    const { id: sid } = await db.prisma.session.create({
      data: { userId: user.id, expiresAt: new Date(Date.now() + 60_000) },
    });
    await deactivateUser(ctx, user);
    expect(await findSessionActor(db, sid, origin, new Date())).toBeNull();
    await expect(
      acceptUserLink(ctx, origin, tokenOf(setupUrl), { password: "correct horse battery" }),
    ).rejects.toMatchObject({ code: "setup_link_not_found" });
    await expect(renewSetupLink(ctx, user)).rejects.toMatchObject({ code: "conflict" });
    await reactivateUser(ctx, user);
    expect(await findSessionActor(db, sid, origin, new Date())).toBeNull();
    expect((await listUsers(ctx, query({ q: "EVE@" }))).rows).toMatchObject([{ status: "invited" }]);
  });

  it("refuses to deactivate oneself", async () => {
    const ada = await seedUser(db, "platform_admin");
    await seedUser(db, "platform_admin");
    await expect(deactivateUser(testContext(db, ada), { id: ada.id })).rejects.toMatchObject({
      code: "conflict",
    });
  });
});

describe("a new setup link", () => {
  it("replaces the earlier one, works once, and is in no audit entry", async () => {
    const ctx = testContext(db, await seedUser(db, "platform_admin"));
    const { user, setupUrl: first } = await createUser(ctx, {
      email: "grace@example.com",
      role: "viewer",
      organizationId: providerId,
    });
    const { setupUrl } = await renewSetupLink(ctx, user);
    const accept = (url: string) =>
      acceptUserLink(ctx, origin, tokenOf(url), { password: "correct horse battery" });
    await expect(accept(first)).rejects.toMatchObject({ code: "setup_link_not_found" });
    expect(await accept(setupUrl)).toEqual({ email: "grace@example.com" });
    await expect(accept(setupUrl)).rejects.toMatchObject({ code: "setup_link_not_found" });
    expect(JSON.stringify(await db.prisma.auditEvent.findMany())).not.toContain(tokenOf(setupUrl));
  });
});

describe("an organization's admin", () => {
  it("manages their own organization's users, and others are as if they did not exist", async () => {
    const own = await seedOrganization(db);
    const admin = testContext(db, await seedUser(db, "organization_admin", own.id));
    const { user } = await createUser(admin, {
      email: "own@example.com",
      role: "viewer",
      organizationId: own.id,
    });
    await changeUserRole(admin, { id: user.id, role: "organization_admin" });
    await renewSetupLink(admin, user);
    await deactivateUser(admin, user);
    await reactivateUser(admin, user);
    expect((await listUsers(admin, query())).total).toBe(2);
    const foreign = await seedUser(db, "viewer", (await seedOrganization(db)).id);
    for (const work of [
      () => changeUserRole(admin, { id: foreign.id, role: "viewer" }),
      () => renewSetupLink(admin, foreign),
      () => deactivateUser(admin, foreign),
      () => reactivateUser(admin, foreign),
    ]) {
      await expect(work()).rejects.toMatchObject({ code: "user_not_found" });
    }
    const page = await listUsers(admin, query({ organization: providerId }));
    expect(page.rows).toEqual([]);
  });

  it("cannot invite anybody into a deactivated organization", async () => {
    const { id } = await seedOrganization(db);
    await db.prisma.organization.update({ where: { id }, data: { isActive: false } });
    await expect(
      createUser(testContext(db), { email: "late@example.com", role: "viewer", organizationId: id }),
    ).rejects.toMatchObject({ errors: [{ path: "organizationId" }] });
  });
});
