import fc from "fast-check";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { UserActor } from "@/lib/auth/actor";
import type { Services } from "@/lib/auth/context";
import { unseal } from "@/lib/crypto/seal";
import { connectIntegration } from "@/test/connected-integration";
import { seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { StoredConnection } from "@/test/interleavings/connection-state";
import { anyAnswer, type AnyAnswer } from "@/test/oauth-service/any-answer";
import { startFaultyService, type FaultyService } from "@/test/oauth-service/faulty-service";
import { startRawService, type RawService } from "@/test/oauth-service/raw-service";
import { refreshConnection } from "./refresh-connection";

vi.setConfig({ testTimeout: 1_800_000 });

const isSoak = process.env["BIFROST_SOAK"] === "1";
/** The same answers at every run of `npm test`, others at every soak. */
const RUNS = isSoak ? { numRuns: 5_000 } : { numRuns: 120, seed: 20261120 };

/** Both with every sign that some spelling would change. */
const CLIENT_SECRET = `cs-canary-"'+/=<&> ä€-1`;
const REFRESH_TOKEN = `rt-canary-"'+/=<&>-%2B-2`;

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let admin: UserActor;
let consenting: FaultyService;
let raw: RawService;
let services: Services;
const said: string[] = [];

beforeAll(async () => {
  db = await openTestDatabase();
  admin = await seedUser(db, "platform_admin");
  [consenting, raw] = await Promise.all([startFaultyService(), startRawService()]);
  services = testContext(db);
  const keep = (...words: unknown[]) => void said.push(words.map(String).join(" "));
  for (const method of ["log", "warn", "error", "info"] as const)
    vi.spyOn(console, method).mockImplementation(keep);
  vi.spyOn(process, "emitWarning").mockImplementation(keep);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await Promise.all([consenting.close(), raw.close()]);
  await db.close();
});

async function connectedAt(origin: string, oauth: Record<string, unknown>) {
  const { connectionId, integrationId } = await connectIntegration(db, admin, consenting, {
    clientSecret: CLIENT_SECRET,
    ...oauth,
  });
  await db.prisma.oAuthClient.update({ where: { integrationId }, data: { tokenUrl: `${origin}/token` } });
  await db.prisma.connection.update({ where: { id: connectionId }, data: { tokenOrigin: origin } });
  return { connectionId, integrationId, stored: new StoredConnection(db, connectionId) };
}
type Connected = Awaited<ReturnType<typeof connectedAt>>;

const row = (id: string) => db.prisma.connection.findUniqueOrThrow({ where: { id } });

async function tokensOf(id: string) {
  const stored = await row(id);
  const open = (field: "accessToken" | "refreshToken") =>
    unseal(services.keyring, { table: "Connection", id, field }, stored[field] ?? "");
  return { sealed: stored.accessToken, accessToken: open("accessToken"), refreshToken: open("refreshToken") };
}

/** Everything of an attempt that anybody may see. */
async function shownOf({ connectionId, integrationId }: Connected, end: unknown): Promise<string> {
  const { errorCode, errorMessage, tokenType, grantedScopes } = await row(connectionId);
  const [client, activities, audit] = await Promise.all([
    db.prisma.oAuthClient.findUniqueOrThrow({ where: { integrationId } }),
    db.prisma.connectionActivity.findMany({ where: { connectionId } }),
    db.prisma.auditEvent.findMany({ where: { targetId: integrationId }, orderBy: { id: "desc" }, take: 3 }),
  ]);
  const { errorMessage: clientMessage, errorCode: clientCode } = client;
  const own = [
    errorCode,
    errorMessage,
    clientCode,
    clientMessage,
    activities,
    audit.map(({ after }) => after),
  ];
  return `${JSON.stringify([own, end, tokenType, grantedScopes])} ${said.join(" ")}`;
}

/** The secrets, and stretches of them long enough to know them by, as the usual encodings spell them. */
const CANARIES = [CLIENT_SECRET, REFRESH_TOKEN].flatMap((secret) => [
  secret.slice(0, 9),
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret).slice(0, 14),
  Buffer.from(secret).toString("base64").slice(0, 12),
  Buffer.from(`client-1:${secret}`).toString("base64").slice(0, 16),
]);

async function refreshWith(connected: Connected, answer: AnyAnswer): Promise<void> {
  const { stored, connectionId } = connected;
  await stored.start(REFRESH_TOKEN, 3_600, "retry");
  const before = await tokensOf(connectionId);
  raw.answer(answer.make);
  const end = await refreshConnection(services, { connectionId, reason: "sdk", waitMs: 0 });
  const state = await stored.read();
  const after = await tokensOf(connectionId);
  const [activity, ...more] = await db.prisma.connectionActivity.findMany({ where: { connectionId } });
  expect([activity?.attempt, more.length]).toEqual([2, 0]);
  const shown = await shownOf(connected, end);
  for (const canary of CANARIES) expect(shown).not.toContain(canary);

  if (answer.grant) {
    expect(end).toEqual({ ok: true, version: 2 });
    expect(after).toMatchObject({
      accessToken: answer.grant.accessToken,
      refreshToken: answer.grant.refreshToken ?? REFRESH_TOKEN,
    });
  }
  if (answer.grant === null) expect(end.ok).toBe(false);
  if (end.ok) {
    expect(state).toMatchObject({ version: 2, status: "active", unanswered: null });
    expect(after.accessToken).toMatch(/^[\x21-\x7e]+$/);
    expect(after.refreshToken.trim()).not.toBe("");
    expect(activity).toMatchObject({ outcome: "success", message: null });
  } else {
    expect(after).toEqual(before);
    expect(state.version).toBe(1);
    expect(["degraded", "reconnect_required"]).toContain(state.status);
    expect(activity?.message).toBeTruthy();
    expect((activity?.message ?? "").length).toBeLessThanOrEqual(500);
    expect(activity?.message).not.toMatch(/\p{Cc}|\u202e/u);
  }
}

it.each([
  ["form, secret in the body", {}],
  ["JSON, secret in the body", { tokenRequestFormat: "json" }],
  ["form, secret in the header", { tokenEndpointAuthMethod: "client_secret_basic" }],
  ["form, secret in the header as it is", { tokenEndpointAuthMethod: "client_secret_basic_raw" }],
])("only a usable new token ever replaces a stored one, and no secret is told: %s", async (_, oauth) => {
  const connected = await connectedAt(raw.origin, oauth);
  const property = fc.asyncProperty(anyAnswer, (answer) => refreshWith(connected, answer));
  await fc.assert(property, { ...RUNS, endOnFailure: !isSoak });
});

it("takes no more of an endless answer than it may keep, however many come at once", async () => {
  const many = await Promise.all(Array.from({ length: 8 }, () => connectedAt(raw.origin, {})));
  const head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n";
  for (const { connectionId, stored } of many) {
    await stored.start(REFRESH_TOKEN, 3_600, "retry");
    const taken = raw.flood(head, Buffer.alloc(65_536, " "));
    const end = await refreshConnection(services, { connectionId, reason: "sdk", waitMs: 0 });
    expect(end).toMatchObject({ ok: false, why: "failed" });
    // A megabyte here; the rest is what the two kernels hold.
    expect(await taken).toBeLessThan(24 * 1_048_576);
    expect((await stored.read()).unanswered).toBe(2);
  }
});

it("is not kept busy by an answer that drips, nor by one that stalls", async () => {
  const { connectionId, stored } = await connectedAt(raw.origin, {});
  // The sender is the real one, with less patience, though enough to connect on a busy machine.
  const { fetch } = services;
  const hasty: Services = { ...services, fetch: (url, init) => fetch(url, { ...init, timeoutMs: 4_000 }) };
  const head = Buffer.from("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n");
  for (const drops of [0, 400]) {
    await stored.start(REFRESH_TOKEN, 3_600, "retry");
    raw.answer(() => ({
      pieces: [head, ...Array.from({ length: drops }, () => Buffer.from(" "))],
      ending: "keep",
    }));
    const end = await refreshConnection(hasty, { connectionId, reason: "sdk", waitMs: 0 });
    expect(end).toMatchObject({ ok: false, why: "failed", code: "timeout", status: "degraded" });
    expect(await stored.read()).toMatchObject({ unanswered: 2, isLeased: true, refreshToken: REFRESH_TOKEN });
  }
});
