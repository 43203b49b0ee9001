import { once } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Webhook } from "standardwebhooks";
import { OPERATOR } from "@/lib/auth/actor";
import { generateKeyringText, parseKeyring } from "@/lib/crypto/keyring";
import { testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { startFaultyService, type FaultyService } from "@/test/oauth-service/faulty-service";
import { useWorkers } from "@/test/worker-process";
import { createWebhook } from "./create-webhook";

const keys = generateKeyringText();
let db: Awaited<ReturnType<typeof openTestDatabase>>;
let receiver: FaultyService;
const startWorker = useWorkers();

beforeAll(async () => {
  db = await openTestDatabase();
  receiver = await startFaultyService();
});
afterAll(async () => {
  await receiver.close();
  await db.close();
});

const start = () =>
  startWorker(db.url, {
    BIFROST_ENCRYPTION_KEYS: keys,
    BIFROST_EGRESS_ALLOW: new URL(receiver.origin).host,
  });

it("a worker killed while an answer is awaited: another one sends the same event under the same id", async () => {
  const ctx = testContext(db, OPERATOR, { keyring: parseKeyring(keys) });
  const { id: endpointId, secret } = await createWebhook(ctx, {
    name: "Hook",
    format: "standard",
    url: receiver.url("/hook"),
    events: ["connection.reconnect_required"],
  });
  const { id: eventId } = await db.prisma.webhookEvent.create({
    data: { type: "connection.reconnect_required", path: "/" },
  });
  receiver.enqueue("/hook", { fault: "hang" });
  receiver.always("/hook", { status: 200 });

  const victim = start();
  await expect.poll(() => receiver.requests.length, { timeout: 60_000 }).toBe(1);
  victim.kill("SIGKILL");
  await once(victim, "exit");
  const claimed = await db.prisma.webhookDelivery.findFirstOrThrow({ where: { endpointId } });
  expect(claimed).toMatchObject({ status: "pending", tries: 1 });
  expect(claimed.leaseUntil?.getTime()).toBeGreaterThan(Date.now());

  await db.prisma.webhookDelivery.update({ where: { id: claimed.id }, data: { leaseUntil: new Date(0) } });
  start();
  const delivery = () => db.prisma.webhookDelivery.findUniqueOrThrow({ where: { id: claimed.id } });
  await expect.poll(async () => (await delivery()).status, { timeout: 60_000 }).toBe("delivered");
  expect(receiver.requests).toHaveLength(2);
  for (const { body, headers } of receiver.requests) {
    expect(headers["webhook-id"]).toBe(eventId);
    new Webhook(secret ?? "").verify(body, headers as Record<string, string>);
  }
});
