import { afterAll, beforeAll, expect, it } from "vitest";
import { startFaultyService, type FaultyService } from "@/test/oauth-service/faulty-service";
import { openSocket, resolveChecked } from "./connect";

const LOOPBACK = { address: "127.0.0.1", family: 4 };
let service: FaultyService;

beforeAll(async () => (service = await startFaultyService()));
afterAll(() => service.close());

const forHost = (host: string) => new URL(`http://${host}:${new URL(service.origin).port}/`);

it("connects to the address that was checked, whatever the name resolves to by now", async () => {
  const socket = await openSocket(forHost("rebound.invalid"), [LOOPBACK], new AbortController().signal);
  expect(socket.remoteAddress).toBe("127.0.0.1");
  socket.destroy();
});

it("goes on to the next checked address when one does not answer", async () => {
  const addresses = [{ address: "::1", family: 6 }, { address: "127.0.0.2", family: 4 }, LOOPBACK];
  const socket = await openSocket(forHost("rebound.invalid"), addresses, new AbortController().signal);
  expect(socket.remoteAddress).toBe("127.0.0.1");
  socket.destroy();
});

it("opens nothing once the time is up", async () => {
  await expect(openSocket(forHost("127.0.0.1"), [LOOPBACK], AbortSignal.abort())).rejects.toMatchObject({
    reason: "connect_failed",
    sent: false,
  });
});

it("refuses a name one of whose addresses is forbidden, and takes it where the operator listed them all", async () => {
  const url = new URL("https://localhost/");
  const refused = { reason: "address_forbidden", sent: false, host: "localhost" };
  await expect(resolveChecked(url, { allowLoopback: false, allow: [] })).rejects.toMatchObject(refused);
  await expect(resolveChecked(url, { allowLoopback: false, allow: ["127.0.0.99"] })).rejects.toMatchObject(
    refused,
  );
  const listed = await resolveChecked(url, { allowLoopback: false, allow: ["127.0.0.0/8", "::1"] });
  expect(listed.map(({ address }) => address)).toContain("127.0.0.1");
});
