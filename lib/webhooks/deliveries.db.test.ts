import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Webhook } from "standardwebhooks";
import type { Ctx } from "@/lib/auth/context";
import { openDatabase } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import { createGuardedFetch } from "@/lib/egress/guarded-fetch";
import type { Ongoing } from "@/lib/jobs/look-repeatedly";
import { seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { startFaultyService, type FaultyService } from "@/test/oauth-service/faulty-service";
import { attemptDelivery } from "./attempt-delivery";
import { claimDelivery } from "./claim-delivery";
import { createWebhook } from "./create-webhook";
import { deleteWebhook } from "./delete-webhook";
import { startDeliveries } from "./deliver-due";
import { disableWebhook } from "./disable-webhook";
import { enableWebhook } from "./enable-webhook";
import { getWebhook, listDeliveries, listWebhooks } from "./queries";
import { redeliverEvent } from "./redeliver-event";
import { rotateSecret } from "./rotate-secret";
import { MAX_TRIES } from "./rules";
import { sendTestEvent } from "./send-test-event";
import { spreadEvents } from "./spread-events";
import { updateWebhook } from "./update-webhook";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let ctx: Ctx;
let receiver: FaultyService;

beforeAll(async () => {
  db = await openTestDatabase();
  ctx = testContext(db, await seedUser(db, "platform_admin"));
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.prisma.webhookEndpoint.deleteMany();
  await db.prisma.webhookEvent.deleteMany();
  receiver = await startFaultyService();
  return () => receiver.close();
});

let made = 0;
const BROKEN = "connection.reconnect_required";

async function make(
  changes: Record<string, unknown> = {},
): Promise<{ id: string; name: string; secret: string }> {
  const input = {
    name: `Webhook ${++made}`,
    format: "standard",
    url: receiver.url("/hook"),
    events: [BROKEN],
  };
  const { secret, ...rest } = await createWebhook(ctx, { ...input, ...changes });
  return { ...rest, secret: secret ?? "" };
}

/** An event in the outbox, as the triggers write it, spread to whoever wants it. */
async function happen(type = BROKEN): Promise<string> {
  const { id } = await db.prisma.webhookEvent.create({
    data: {
      type,
      integrationName: "HaloPSA",
      code: "invalid_grant",
      message: "Revoked.",
      path: "/settings/x",
    },
  });
  await spreadEvents(db.pool, 100);
  return id;
}

/** Claims what is due at an endpoint and tries it once, as a worker does. */
async function work(endpointId: string, services: Ctx = ctx): Promise<boolean> {
  const claim = await claimDelivery(services.db.pool, endpointId);
  if (!claim) return false;
  await attemptDelivery(services, claim);
  return true;
}

const deliveryOf = (endpointId: string) =>
  db.prisma.webhookDelivery.findFirstOrThrow({
    where: { endpointId },
    orderBy: { createdAt: "desc" },
    include: { attempts: { orderBy: { occurredAt: "desc" } } },
  });
const endpoint = (id: string) => db.prisma.webhookEndpoint.findUniqueOrThrow({ where: { id } });
/** Moves time on for an endpoint: its next try is due. */
async function untilDue(endpointId: string): Promise<void> {
  await db.prisma.webhookDelivery.updateMany({
    where: { endpointId, status: "pending" },
    data: { nextTryAt: new Date(0), leaseUntil: null },
  });
  await db.prisma.webhookEndpoint.update({ where: { id: endpointId }, data: { pausedUntil: null } });
}
const secondsAhead = (time: Date | null) => ((time?.getTime() ?? 0) - Date.now()) / 1_000;
const codeOf = (doing: Promise<unknown>) =>
  doing.then(
    () => "done",
    (error: { code?: string }) => error.code,
  );

describe("a delivery", () => {
  it("is signed, and verified by the specification's own library", async () => {
    receiver.always("/hook", { status: 204 });
    const { id, secret } = await make();
    const eventId = await happen();
    expect(await work(id)).toBe(true);
    const [request] = receiver.requests;
    expect(request).toMatchObject({ method: "POST", path: "/hook" });
    expect(request?.headers).toMatchObject({ "webhook-id": eventId, "content-type": "application/json" });
    const verified = new Webhook(secret).verify(
      request?.body ?? "",
      request?.headers as Record<string, string>,
    );
    expect(verified).toMatchObject({ type: BROKEN, data: { integration_name: "HaloPSA" } });
    expect(await deliveryOf(id)).toMatchObject({
      status: "delivered",
      nextTryAt: null,
      attempts: [{ isSuccess: true, httpStatus: 204, failure: null }],
    });
    expect((await endpoint(id)).lastDeliveredAt).not.toBeNull();
    expect(await work(id)).toBe(false);
  });

  it("goes to those alone who want its type, and once however often the outbox is looked through", async () => {
    const wanting = await make();
    await make({ events: ["connection.recovered"] });
    const disabled = await make();
    await disableWebhook(ctx, { id: disabled.id });
    await happen();
    await db.prisma.webhookEvent.updateMany({ data: { spreadAt: null } });
    await Promise.all([spreadEvents(db.pool, 100), spreadEvents(db.pool, 100)]);
    const deliveries = await db.prisma.webhookDelivery.findMany();
    expect(deliveries.map(({ endpointId }) => endpointId)).toEqual([wanting.id]);
  });

  it("is tried again on the schedule under the same id, with a signature of its own time", async () => {
    receiver.always("/hook", { status: 500, body: "down for maintenance" });
    const { id } = await make();
    const eventId = await happen();
    await work(id);
    expect(await work(id)).toBe(false);
    let delivery = await deliveryOf(id);
    expect(delivery).toMatchObject({ status: "pending", tries: 1, leaseUntil: null });
    const pauseMs = (delivery.nextTryAt?.getTime() ?? 0) - (delivery.attempts[0]?.occurredAt.getTime() ?? 0);
    expect(pauseMs).toBeGreaterThan(4_900);
    // With the time that the try took.
    expect(pauseMs).toBeLessThan(30_000);
    expect(delivery.attempts).toMatchObject([{ httpStatus: 500, answer: "down for maintenance" }]);
    expect((await endpoint(id)).failingSince).not.toBeNull();

    await untilDue(id);
    await work(id);
    delivery = await deliveryOf(id);
    expect(secondsAhead(delivery.nextTryAt)).toBeGreaterThan(290);
    expect(receiver.requests.map(({ headers }) => headers["webhook-id"])).toEqual([eventId, eventId]);
    expect(new Set(receiver.requests.map(({ body }) => body)).size).toBe(1);

    receiver.always("/hook", { status: 200 });
    await untilDue(id);
    await work(id);
    expect(await deliveryOf(id)).toMatchObject({ status: "delivered", tries: 3 });
    expect((await endpoint(id)).failingSince).toBeNull();
  });

  it("fails when its tries are used up, and disables an endpoint that has taken nothing for days", async () => {
    receiver.always("/hook", { status: 500 });
    const { id, name } = await make();
    const exhaust = async () => {
      await happen();
      await db.prisma.webhookDelivery.updateMany({
        data: { tries: MAX_TRIES - 1 },
        where: { status: "pending" },
      });
      await work(id);
    };
    await exhaust();
    expect(await deliveryOf(id)).toMatchObject({ status: "failed", nextTryAt: null });
    expect(await endpoint(id)).toMatchObject({ isEnabled: true });

    await db.prisma.webhookEndpoint.update({
      where: { id },
      data: { failingSince: new Date(Date.now() - 73 * 3_600_000) },
    });
    await happen();
    await db.prisma.webhookDelivery.updateMany({
      where: { status: "pending" },
      data: { nextTryAt: new Date(Date.now() + 60_000) },
    });
    await exhaust();
    expect(await endpoint(id)).toMatchObject({ isEnabled: false, disabledReason: "failing" });
    expect(await db.prisma.webhookDelivery.count({ where: { endpointId: id, status: "pending" } })).toBe(0);
    const audit = await db.prisma.auditEvent.findFirst({
      where: { action: "webhook.disable", targetId: id },
    });
    expect(audit).toMatchObject({ actorType: "system", targetLabel: name, after: { reason: "failing" } });
  });

  it("disables its endpoint at 410 Gone", async () => {
    receiver.always("/hook", { status: 410 });
    const { id } = await make();
    await happen();
    await work(id);
    expect(await endpoint(id)).toMatchObject({ isEnabled: false, disabledReason: "gone" });
    expect(await deliveryOf(id)).toMatchObject({ status: "failed", attempts: [{ httpStatus: 410 }] });
  });

  it("honours Retry-After, for everything of its endpoint", async () => {
    const { id } = await make();
    receiver.enqueue("/hook", { status: 429, headers: { "retry-after": "120" } });
    await happen();
    await happen();
    await work(id);
    const pending = await db.prisma.webhookDelivery.findMany({ where: { endpointId: id, tries: 1 } });
    expect(secondsAhead(pending[0]?.nextTryAt ?? null)).toBeGreaterThan(110);
    expect(secondsAhead((await endpoint(id)).pausedUntil)).toBeGreaterThan(110);
    expect(await work(id)).toBe(false);
    expect(receiver.requests).toHaveLength(1);
  });

  it("leaves a pause that the receiver asked for as it is, until one is taken", async () => {
    const { id } = await make();
    const claims: Awaited<ReturnType<typeof claimDelivery>>[] = [];
    for (let count = 0; count < 5; count++) {
      await happen();
      claims.push(await claimDelivery(db.pool, id));
    }
    const settle = async (answer: Parameters<typeof receiver.enqueue>[1]) => {
      const claim = claims.shift();
      if (!claim) throw new Error("Nothing was to be had.");
      receiver.enqueue("/hook", answer);
      await attemptDelivery(ctx, claim);
      return (await endpoint(id)).pausedUntil;
    };
    const pausedUntil = await settle({ status: 429, headers: { "retry-after": "120" } });
    expect(secondsAhead(pausedUntil)).toBeGreaterThan(60);
    expect(await settle({ status: 500 })).toEqual(pausedUntil);
    expect(await settle({ status: 429, headers: { "retry-after": "1" } })).toEqual(pausedUntil);
    const longer = await settle({ status: 503, headers: { "retry-after": "600" } });
    expect(secondsAhead(longer)).toBeGreaterThan(300);
    expect(await settle({ status: 204 })).toBeNull();
  });

  it("follows no redirect", async () => {
    receiver.always("/hook", { status: 302, headers: { location: receiver.url("/elsewhere") } });
    const { id } = await make();
    await happen();
    await work(id);
    expect(receiver.requests.map(({ path }) => path)).toEqual(["/hook"]);
    const { status, attempts } = await deliveryOf(id);
    expect(status).toBe("pending");
    expect(attempts[0]?.failure).toContain("redirects");
  });

  it("reaches no private address, whatever was allowed when its URL was entered", async () => {
    const { id } = await make();
    await happen();
    await work(id, { ...ctx, fetch: createGuardedFetch({ allowLoopback: false, allow: [] }) });
    expect(receiver.requests).toHaveLength(0);
    const [attempt] = (await deliveryOf(id)).attempts;
    expect(attempt).toMatchObject({ httpStatus: null, isSuccess: false });
    expect(attempt?.failure).toContain("private network");
  });

  it.each(["reset", "truncate", "garbage", "bomb"] as const)(
    "survives an answer that is a %s",
    async (fault) => {
      receiver.always("/hook", { fault, body: "half of it" });
      const { id } = await make();
      await happen();
      await work(id);
      const { status, attempts } = await deliveryOf(id);
      expect({ status, failure: typeof attempts[0]?.failure }).toEqual({
        status: "pending",
        failure: "string",
      });
    },
  );

  it("keeps 500 characters of the answer as plain text, with its own secrets masked", async () => {
    const { id, secret } = await make({ url: receiver.url("/services/T0/B0/sEcReTpArToFtHeUrL") });
    const body = `<p>no: ${secret}\0 /services/T0/B0/sEcReTpArToFtHeUrL</p> ${"lorem ipsum ".repeat(100)}`;
    receiver.always("/services/T0/B0/sEcReTpArToFtHeUrL", { status: 400, body });
    await happen();
    await work(id);
    const answer = (await deliveryOf(id)).attempts[0]?.answer ?? "";
    expect(answer).toMatch(/^no: •••/);
    expect(answer).not.toContain("sEcReT");
    expect([...answer]).toHaveLength(500);
  });

  it("to Slack and Teams is a message without a signature", async () => {
    receiver.always("/chat", { body: "ok" });
    for (const format of ["slack", "teams"]) {
      const { id, secret } = await make({ format, url: receiver.url("/chat") });
      expect(secret).toBe("");
      await happen();
      await work(id);
      const request = receiver.requests.at(-1);
      expect(request?.headers).not.toHaveProperty("webhook-signature");
      expect(request?.body).toContain("Reconnect required: HaloPSA");
      expect(await deliveryOf(id)).toMatchObject({ status: "delivered" });
    }
  });
});

describe("the worker's deliveries", () => {
  let running: Ongoing[] = [];
  const run = (services: Ctx = ctx) => {
    const errors: unknown[] = [];
    const deliveries = startDeliveries(services, { idleMs: 20, onError: (error) => errors.push(error) });
    running.push(deliveries);
    return { ...deliveries, errors };
  };
  beforeEach(() => async () => {
    await Promise.all(running.map(({ stop }) => stop()));
    running = [];
  });
  const arrived = (path: string, count: number) =>
    expect
      .poll(() => receiver.requests.filter((request) => request.path === path).length, { timeout: 30_000 })
      .toBe(count);

  it("deliver what the outbox holds, once among several workers", async () => {
    receiver.always("/hook", { status: 200 });
    const { id } = await make();
    const other = openDatabase(db.url);
    const workers = [run(), run(testContext(other))];
    for (let i = 0; i < 30; i++) {
      await db.prisma.webhookEvent.create({ data: { type: BROKEN, path: "/" } });
    }
    await expect
      .poll(() => db.prisma.webhookDelivery.count({ where: { endpointId: id, status: "delivered" } }), {
        timeout: 30_000,
      })
      .toBe(30);
    await Promise.all(workers.map(({ stop }) => stop()));
    await other.close();
    expect(new Set(receiver.requests.map(({ headers }) => headers["webhook-id"])).size).toBe(30);
    expect(receiver.requests).toHaveLength(30);
    expect(workers.flatMap(({ errors }) => errors)).toEqual([]);
  });

  it("do not wait at a slow endpoint for others, nor flood it", async () => {
    receiver.always("/slow", { fault: "hang" });
    receiver.always("/hook", { status: 200 });
    await make({ url: receiver.url("/slow") });
    const quick = await make();
    for (let i = 0; i < 10; i++) await happen();
    const { stop } = run();
    await expect
      .poll(() => db.prisma.webhookDelivery.count({ where: { endpointId: quick.id, status: "delivered" } }))
      .toBe(10);
    await arrived("/slow", 4);
    await receiver.close();
    await stop();
  });

  it("take up what a killed worker had begun, under the same id", async () => {
    receiver.always("/hook", { status: 200 });
    const { id } = await make();
    const eventId = await happen();
    // Claimed by a worker that is gone: killed before it could send, or before it could store the answer.
    expect(await claimDelivery(db.pool, id)).not.toBeNull();
    expect(await claimDelivery(db.pool, id)).toBeNull();
    await db.prisma.webhookDelivery.updateMany({ data: { leaseUntil: new Date(Date.now() - 1) } });
    run();
    await arrived("/hook", 1);
    expect(receiver.requests[0]?.headers["webhook-id"]).toBe(eventId);
    await expect.poll(async () => (await deliveryOf(id)).status).toBe("delivered");
    expect(await deliveryOf(id)).toMatchObject({ tries: 2 });
  });

  it("are silent in a copy of the database that runs elsewhere", async () => {
    receiver.always("/hook", { status: 200 });
    const { id } = await make();
    await happen();
    await db.prisma.installation.create({
      data: { id: uuidv7(), publicUrl: "https://original.example.com" },
    });
    const { stop } = run();
    await db.prisma.webhookEvent.create({ data: { type: BROKEN, path: "/" } });
    await expect.poll(() => db.prisma.webhookDelivery.count({ where: { endpointId: id } })).toBe(2);
    await stop();
    expect(receiver.requests).toHaveLength(0);
    await db.prisma.installation.deleteMany();
  });
});

describe("a test event", () => {
  it("says at once what came of it, is tried once, and disables nothing", async () => {
    const { id, secret } = await make();
    receiver.enqueue("/hook", { status: 200 }, { status: 500 });
    await expect(sendTestEvent(ctx, { id })).resolves.toMatchObject({ isSuccess: true });
    const [request] = receiver.requests;
    expect(
      new Webhook(secret).verify(request?.body ?? "", request?.headers as Record<string, string>),
    ).toMatchObject({
      type: "webhook.test",
      data: { url: `${ctx.publicUrl}/settings/webhooks/${id}` },
    });
    await db.prisma.webhookEndpoint.update({ where: { id }, data: { failingSince: new Date(0) } });
    await expect(sendTestEvent(ctx, { id })).resolves.toMatchObject({
      isSuccess: false,
      message: expect.stringContaining("HTTP 500") as unknown,
    });
    expect(await deliveryOf(id)).toMatchObject({ status: "failed", nextTryAt: null });
    expect(await endpoint(id)).toMatchObject({ isEnabled: true });
    await disableWebhook(ctx, { id });
    receiver.enqueue("/hook", { status: 200 });
    await expect(sendTestEvent(ctx, { id })).resolves.toMatchObject({ isSuccess: true });
  });
});

describe("redelivering", () => {
  it("sends the same event again, and begins the schedule anew where that fails", async () => {
    const { id } = await make();
    receiver.always("/hook", { status: 500 });
    const eventId = await happen();
    await db.prisma.webhookDelivery.updateMany({ data: { tries: MAX_TRIES - 1 } });
    await work(id);
    const { id: deliveryId, status } = await deliveryOf(id);
    expect(status).toBe("failed");
    await expect(redeliverEvent(ctx, { deliveryId })).resolves.toMatchObject({ isSuccess: false });
    expect(await deliveryOf(id)).toMatchObject({ status: "pending", tries: 1 });
    receiver.always("/hook", { status: 200 });
    await expect(redeliverEvent(ctx, { deliveryId })).resolves.toMatchObject({ isSuccess: true });
    expect((await deliveryOf(id)).attempts).toHaveLength(3);
    expect(new Set(receiver.requests.map(({ headers }) => headers["webhook-id"]))).toEqual(
      new Set([eventId]),
    );
  });

  it("is refused while the event is being sent, for a disabled endpoint, and for what is gone", async () => {
    const { id } = await make();
    await happen();
    await claimDelivery(db.pool, id);
    const { id: deliveryId } = await deliveryOf(id);
    expect(await codeOf(redeliverEvent(ctx, { deliveryId }))).toBe("conflict");
    await disableWebhook(ctx, { id });
    expect(await codeOf(redeliverEvent(ctx, { deliveryId }))).toBe("conflict");
    await deleteWebhook(ctx, { id, confirmName: (await endpoint(id)).name });
    expect(await codeOf(redeliverEvent(ctx, { deliveryId }))).toBe("webhook_delivery_not_found");
  });
});

describe("an endpoint", () => {
  it("never gives its URL or secret back, and both are sealed", async () => {
    const url = receiver.url("/services/T0/B0/xoxb-canary-of-the-url");
    const { id, secret } = await make({ url });
    const shown = JSON.stringify([await getWebhook(ctx, id), await listWebhooks(ctx)]);
    const stored = JSON.stringify([await endpoint(id), await db.prisma.auditEvent.findMany()]);
    for (const text of [shown, stored]) {
      expect(text).not.toContain("xoxb-canary");
      expect(text).not.toContain(secret.slice(6));
      expect(text).toContain("/…-url");
    }
  });

  it("signs with the former secret as well for a day after it was rotated", async () => {
    receiver.always("/hook", { status: 200 });
    const { id, secret: former } = await make();
    const { secret } = await rotateSecret(ctx, { id });
    const verifies = async (by: string) => {
      await happen();
      await work(id);
      const { body = "", headers } = receiver.requests.at(-1) ?? {};
      try {
        return Boolean(new Webhook(by).verify(body, headers as Record<string, string>));
      } catch {
        return false;
      }
    };
    expect([await verifies(former), await verifies(secret)]).toEqual([true, true]);
    await db.prisma.webhookEndpoint.update({ where: { id }, data: { previousSecretUntil: new Date(0) } });
    expect([await verifies(former), await verifies(secret)]).toEqual([false, true]);
    const slack = await make({ format: "slack" });
    expect(await codeOf(rotateSecret(ctx, { id: slack.id }))).toBe("conflict");
  });

  it("keeps its URL where none is entered, and takes another one", async () => {
    receiver.always("/moved", { status: 200 });
    const { id, name } = await make();
    await updateWebhook(ctx, { id, name, url: "", events: ["connection.recovered"] });
    await updateWebhook(ctx, { id, name: "Renamed", url: receiver.url("/moved"), events: [BROKEN] });
    await happen();
    await work(id);
    expect(receiver.requests.map(({ path }) => path)).toEqual(["/moved"]);
    expect(await getWebhook(ctx, id)).toMatchObject({ name: "Renamed", events: [BROKEN] });
  });

  it("that is disabled has what was pending ended, and is told of what comes after it is enabled", async () => {
    receiver.always("/hook", { status: 200 });
    const { id } = await make();
    await happen();
    await disableWebhook(ctx, { id });
    expect(await deliveryOf(id)).toMatchObject({ status: "failed" });
    await enableWebhook(ctx, { id });
    expect(await work(id)).toBe(false);
    await happen();
    expect(await work(id)).toBe(true);
    const page = await listDeliveries(ctx, id, 1);
    expect(page).toMatchObject({ total: 2, rows: [{ status: "delivered" }, { status: "failed" }] });
  });

  it("goes with its log, once its name is typed", async () => {
    const { id, name } = await make();
    await happen();
    expect(await codeOf(deleteWebhook(ctx, { id, confirmName: "another" }))).toBe("validation_failed");
    await deleteWebhook(ctx, { id, confirmName: name });
    expect(await db.prisma.webhookDelivery.count()).toBe(0);
    expect(await codeOf(getWebhook(ctx, id))).toBe("webhook_not_found");
    expect(await codeOf(getWebhook(ctx, "made-up"))).toBe("webhook_not_found");
  });

  it.each([
    [{ name: " " }, "name"],
    [{ name: "x".repeat(101) }, "name"],
    [{ name: "nul\0" }, "name"],
    [{ url: "" }, "url"],
    [{ url: "hooks.slack.com" }, "url"],
    [{ url: "http://hooks.example.com/x" }, "url"],
    [{ url: "https://10.0.0.1/hook" }, "url"],
    [{ url: "https://user:password@hooks.example.com/x" }, "url"],
    [{ url: "file:///etc/passwd" }, "url"],
    [{ format: "xml" }, "format"],
    [{ events: [] }, "events"],
    [{ events: ["connection.exploded"] }, "events.0"],
  ])("is refused with %j", async (changes, path) => {
    const refused = await make(changes).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: "validation_failed", errors: [{ path }] });
    expect(await db.prisma.webhookEndpoint.count()).toBe(0);
  });

  it("has a name of its own, capitals aside", async () => {
    await make({ name: "On call" });
    await expect(make({ name: "ON CALL" })).rejects.toMatchObject({ errors: [{ path: "name" }] });
  });
});
