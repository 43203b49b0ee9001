import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import type { IntegrationData } from "@/sdk/src/index";
import { openBed, until } from "./bed";
import { isSoak, note } from "./figures";
import type { Running } from "./processes";
import { programs } from "./shared-programs";
import type { SeededGrant } from "./seed-grants";
import { startTokenService } from "./token-service";

const ROUNDS = isSoak ? 10 : 2;
const CALLERS = 3;
const GRANTS = isSoak ? 10_000 : 1_500;
const ANSWER_MS = 150;

/** Two web processes behind a balancer, restarted one after the other while the SDK is at work. */
export function proveRollingRestart(): void {
  it("fails no call of the SDK", async () => {
    const service = await startTokenService();
    service.pace.beforeAnswering = () => sleep(ANSWER_MS);
    const bed = await openBed();
    const webs: Running[] = [];
    const balancer = await startBalancer(() => webs.filter((web) => !web.hasEnded()).map((web) => web.url));
    try {
      const grants = await bed.seed(service, GRANTS);
      const built = await programs();
      webs.push(...(await Promise.all([bed.start("web", built), bed.start("web", built)])));
      const client = bed.sdk(balancer.url);
      const calls = { reads: 0, refreshes: 0, retried: 0 };
      let isOver = false;
      let turn = 0;
      const open = (grant: SeededGrant) => {
        calls.reads++;
        return client.integrations.require(grant.name, { scope: grant.organizationId });
      };
      const refresh = async (integration: IntegrationData) => {
        const version = integration.oauth?.version ?? 0;
        await integration.oauth?.refresh();
        expect(integration.oauth?.version).toBeGreaterThan(version);
        calls.refreshes++;
      };
      const fetchAfterRefusal = async (integration: IntegrationData, grant: SeededGrant) => {
        service.expireAccess(grant.connectionId);
        expect((await integration.fetch(`${service.origin}/api`)).status).toBe(200);
        calls.retried++;
      };
      const call = async () => {
        while (!isOver) {
          // Each in turn: a second wish within seconds of the first is told to wait.
          const grant = grants.pop();
          if (!grant) throw new Error("There are too few grants.");
          const integration = await open(grant);
          await open(grant);
          if (turn++ % 2 === 0) await refresh(integration);
          else await fetchAfterRefusal(integration, grant);
          grants.unshift(grant);
        }
      };
      const callers = Promise.all(Array.from({ length: CALLERS }, call));
      callers.catch(() => undefined);
      const codes: (number | null)[] = [];
      for (let round = 0; round < ROUNDS * 2; round++) {
        const refreshed = calls.refreshes + calls.retried;
        await Promise.race([
          callers,
          until("calls are made", () => calls.refreshes + calls.retried > refreshed + 20),
        ]);
        const [old] = webs.splice(0, 1);
        codes.push((await old?.stop()) ?? null);
        webs.push(await bed.start("web", built));
      }
      isOver = true;
      await callers;
      expect(codes).toEqual(codes.map(() => 0));
      expect(service.log.filter(({ outcome }) => outcome !== "success")).toEqual([]);
      note("rolling restart", { restarts: codes.length, ...calls, failed: 0 });
    } finally {
      await bed.close();
      await balancer.close();
      await service.close();
    }
  });
}

/** Passes connections on, to one server after the other, as the plainest of load balancers does. */
async function startBalancer(urls: () => string[]): Promise<{ url: string; close: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  let turn = 0;
  const dial = (inbound: Socket, attempts: number) => {
    const targets = urls();
    const target = targets[turn++ % Math.max(1, targets.length)];
    if (!target || attempts === 0) return void inbound.destroy();
    const outbound = connect(Number(new URL(target).port), "127.0.0.1");
    sockets.add(outbound);
    outbound.once("close", () => sockets.delete(outbound));
    outbound.once("error", () =>
      outbound.connecting || !outbound.bytesRead ? undefined : inbound.destroy(),
    );
    let isConnected = false;
    outbound.once("connect", () => {
      isConnected = true;
      inbound.pipe(outbound).pipe(inbound);
    });
    outbound.once("close", () => (isConnected ? inbound.destroy() : dial(inbound, attempts - 1)));
    inbound.once("close", () => outbound.destroy());
  };
  const server = createServer({ pauseOnConnect: true }, (inbound) => {
    sockets.add(inbound);
    inbound.once("close", () => sockets.delete(inbound));
    inbound.on("error", () => undefined);
    dial(inbound, 10);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
