import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hashPassword } from "@/lib/crypto/password";
import type { Database } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import { seedUser } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { checkPassword } from "./check-password";
import { sweepExpired } from "./sweep-expired";

const PASSWORD = "correct horse battery";
let db: Database;
let passwordHash: string;

beforeAll(async () => {
  db = await openTestDatabase();
  passwordHash = await hashPassword(PASSWORD);
});
afterAll(() => db.close());

async function userWithPassword(changes: { isActive?: boolean; passwordHash?: string | null } = {}) {
  const { id, label } = await seedUser(db, "technician");
  await db.prisma.user.update({ where: { id }, data: { passwordHash, ...changes } });
  return { id, email: label };
}

/** An address of its own for each test, so that one's failures are not another's. */
function freshAddress() {
  const bytes = uuidv7().replaceAll("-", "").slice(-14);
  return `2001:db8:${bytes.slice(0, 4)}:${bytes.slice(4, 8)}::1`;
}

function attempt(email: string, password: string, { ipAddress = freshAddress(), now = new Date() } = {}) {
  return checkPassword(db, { email, password }, { ipAddress, userAgent: "test" }, now);
}

const later = (now: Date, seconds: number) => new Date(now.getTime() + seconds * 1000);

describe("a password", () => {
  it("lets its user in, whatever the case of the address", async () => {
    const user = await userWithPassword();
    expect(await attempt(` ${user.email.toUpperCase()} `, PASSWORD)).toEqual({ ok: true, userId: user.id });
  });

  it("gets the same answer for unknown, invited, deactivated and mistaken users", async () => {
    const invited = await userWithPassword({ passwordHash: null });
    const inactive = await userWithPassword({ isActive: false });
    const user = await userWithPassword();
    const answers = [
      await attempt(`nobody-${uuidv7()}@example.com`, PASSWORD),
      await attempt(invited.email, PASSWORD),
      await attempt(inactive.email, PASSWORD),
      await attempt(user.email, "not the password"),
    ];
    for (const answer of answers) expect(answer).toEqual({ ok: false, reason: "wrong" });
  });

  it("does not let in users of a deactivated organization", async () => {
    const organization = await db.prisma.organization.create({ data: { name: uuidv7(), isActive: false } });
    const { id, label } = await seedUser(db, "viewer", organization.id);
    await db.prisma.user.update({ where: { id }, data: { passwordHash } });
    expect(await attempt(label, PASSWORD)).toEqual({ ok: false, reason: "wrong" });
  });

  it("takes about as long to refuse for an unknown user as for a known one", async () => {
    const timed = async (email: string) => {
      const started = performance.now();
      await attempt(email, "not the password");
      return performance.now() - started;
    };
    await timed(`warm-up-${uuidv7()}@example.com`);
    const known: number[] = [];
    const unknown: number[] = [];
    for (let round = 0; round < 8; round++) {
      known.push(await timed((await userWithPassword()).email));
      unknown.push(await timed(`nobody-${uuidv7()}@example.com`));
    }
    const ratio = Math.min(...known) / Math.min(...unknown);
    expect(ratio).toBeGreaterThan(0.4);
    expect(ratio).toBeLessThan(2.5);
  });
});

describe("throttling", () => {
  it.each([
    ["a known account", true],
    ["an unknown account", false],
  ])("blocks %s after five failures, from any address, and says how long", async (_title, known) => {
    const email = known ? (await userWithPassword()).email : `nobody-${uuidv7()}@example.com`;
    const now = new Date();
    for (let failure = 0; failure < 5; failure++) {
      expect(await attempt(email, "wrong", { now })).toMatchObject({ reason: "wrong" });
    }
    expect(await attempt(email, PASSWORD, { now })).toEqual({
      ok: false,
      reason: "throttled",
      retryAfterSeconds: 30,
    });
  });

  it("lets in again once the wait is over, and starts afresh after that", async () => {
    const { id, email } = await userWithPassword();
    const now = new Date();
    for (let failure = 0; failure < 5; failure++) await attempt(email, "wrong", { now });
    expect(await attempt(email, PASSWORD, { now: later(now, 29) })).toMatchObject({ retryAfterSeconds: 1 });
    expect(await attempt(email, PASSWORD, { now: later(now, 31) })).toEqual({ ok: true, userId: id });
    expect(await attempt(email, "wrong", { now: later(now, 32) })).toMatchObject({ reason: "wrong" });
  });

  it("doubles the wait with each further failure, up to 15 minutes", async () => {
    const { email } = await userWithPassword();
    let now = new Date();
    for (let failure = 0; failure < 5; failure++) await attempt(email, "wrong", { now });
    const waits: number[] = [];
    for (let round = 0; round < 7; round++) {
      const refused = await attempt(email, "wrong", { now });
      if (refused.ok || refused.reason !== "throttled") throw new Error("expected to be throttled");
      waits.push(refused.retryAfterSeconds);
      now = later(now, refused.retryAfterSeconds);
      await attempt(email, "wrong", { now });
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900]);
  });

  it("looks at no more than five passwords when a hundred are tried at once", async () => {
    const { email } = await userWithPassword();
    const now = new Date();
    const answers = await Promise.all(Array.from({ length: 40 }, () => attempt(email, "wrong", { now })));
    const looked = answers.filter((answer) => !answer.ok && answer.reason === "wrong");
    expect(looked).toHaveLength(5);
  });

  it("blocks an address that tries many accounts; a good account of its own does not clear it", async () => {
    const user = await userWithPassword();
    const ipAddress = freshAddress();
    const now = new Date();
    const own: boolean[] = [];
    for (let failure = 0; failure < 24; failure++) {
      await attempt(`nobody-${uuidv7()}@example.com`, "wrong", { ipAddress, now });
      if (failure % 8 === 7) own.push((await attempt(user.email, PASSWORD, { ipAddress, now })).ok);
    }
    expect(own).toEqual([true, true, true]);
    expect(await attempt(`nobody-${uuidv7()}@example.com`, "wrong", { ipAddress, now })).toMatchObject({
      reason: "wrong",
    });
    expect(await attempt(user.email, PASSWORD, { ipAddress, now })).toMatchObject({ reason: "throttled" });
    expect(await attempt(user.email, PASSWORD, { now })).toMatchObject({ ok: true });
  });

  it("counts the addresses of one IPv6 network together", async () => {
    const network = freshAddress().slice(0, -1);
    const now = new Date();
    for (let failure = 0; failure < 25; failure++) {
      await attempt(`nobody-${uuidv7()}@example.com`, "wrong", {
        ipAddress: `${network}${failure + 10}`,
        now,
      });
    }
    const answer = await attempt(`nobody-${uuidv7()}@example.com`, "wrong", {
      ipAddress: `${network}ffff`,
      now,
    });
    expect(answer).toMatchObject({ reason: "throttled" });
  });

  it("keeps neither addresses nor accounts in plain text, and forgets counts that are over", async () => {
    const email = `nobody-${uuidv7()}@example.com`;
    await attempt(email, "wrong");
    const rows = JSON.stringify(await db.prisma.signInThrottle.findMany());
    expect(rows).not.toContain(email);
    await sweepExpired(db, later(new Date(), 24 * 3600));
    expect(await db.prisma.signInThrottle.count()).toBe(0);
  });
});
