import { afterAll, beforeAll, expect, it } from "vitest";
import type { UserActor } from "@/lib/auth/actor";
import { findSessionActor } from "@/lib/auth/sessions";
import type { Database } from "@/lib/db/client";
import { seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { acceptSignInLink } from "./accept-sign-in-link";
import { createSignInLink } from "./create-sign-in-link";
import { findSetupLink } from "./queries";

let db: Database;
let user: UserActor;
const ORIGIN = { ipAddress: "127.0.0.1", userAgent: "test" };

beforeAll(async () => {
  db = await openTestDatabase();
  user = await seedUser(db, "platform_admin");
});
afterAll(() => db.close());

async function link(): Promise<string> {
  const url = await createSignInLink(testContext(db), { email: user.label.toUpperCase() });
  return url.split("/").at(-1) ?? "";
}

it("signs its user in, once, even if two open it at once", async () => {
  const token = await link();
  const ctx = testContext(db);
  const both = await Promise.all([1, 2].map(() => acceptSignInLink(ctx, ORIGIN, token)));
  const [session] = both.filter((each) => each !== null);
  expect(both.filter((each) => each === null)).toHaveLength(1);
  expect(await findSessionActor(db, session?.sid, ORIGIN, new Date())).toMatchObject({ id: user.id });
});

it("ends after twelve hours, and when a newer one is made", async () => {
  const older = await link();
  const newer = await link();
  expect(await acceptSignInLink(testContext(db), ORIGIN, older)).toBeNull();
  const later = testContext(db, undefined, { now: () => new Date(Date.now() + 12 * 3_600_000 + 1) });
  expect(await acceptSignInLink(later, ORIGIN, newer)).toBeNull();
});

it("is made on the command line alone, and for a user who is there", async () => {
  const asAdmin = createSignInLink(testContext(db, user), { email: user.label });
  await expect(asAdmin).rejects.toMatchObject({ code: "permission_denied" });
  const nobody = createSignInLink(testContext(db), { email: "nobody@example.com" });
  await expect(nobody).rejects.toMatchObject({ code: "user_not_found" });
});

it("is no setup link: it sets no password", async () => {
  const token = await link();
  expect(await findSetupLink(db, token, new Date())).toEqual({ state: "unknown" });
});
