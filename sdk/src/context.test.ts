import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type BifrostError, type Client, context, createClient } from "./index.ts";

let server: Server;
let client: Client;
/** The scope each request named, by the integration's name. */
const asked = new Map<string, string | null>();

beforeAll(async () => {
  server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://x");
    const name = url.pathname.split("/").at(4) ?? "";
    asked.set(name, url.searchParams.get("scope"));
    setTimeout(() => response.end(JSON.stringify({ name, oauth: null })), Math.random() * 20);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  client = createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiKey: "k" });
});
afterAll(() => void server.close());
afterEach(() => context.setScope(undefined));

async function scopeSentBy(name: string, options?: { scope?: string; orgId?: string }) {
  await client.integrations.get(name, options);
  return asked.get(name);
}

describe("the scope of a call", () => {
  it("is what the call names, before withScope, before setScope, before the key's own organization", async () => {
    expect(await scopeSentBy("a")).toBeNull();
    context.setScope("everywhere");
    expect(await scopeSentBy("a")).toBe("everywhere");
    await context.withScope("chain", async () => {
      expect(await scopeSentBy("a")).toBe("chain");
      expect(await scopeSentBy("a", { scope: "named" })).toBe("named");
      expect(await scopeSentBy("a", { orgId: "named" })).toBe("named");
      await context.withScope("inner", async () => expect(await scopeSentBy("a")).toBe("inner"));
      expect(context.scope).toBe("chain");
    });
    expect(await scopeSentBy("a")).toBe("everywhere");
    context.setScope(undefined);
    expect(await scopeSentBy("a")).toBeNull();
  });

  it("holds for the whole of an asynchronous chain and for no other one, many at once", async () => {
    context.setScope("everywhere");
    const inChains = Array.from({ length: 200 }, (_, index) =>
      context.withScope(`org-${index}`, async () => {
        await sleep(Math.random() * 30);
        const first = await scopeSentBy(`chain-${index}`);
        await Promise.all([sleep(Math.random() * 10), Promise.resolve()]);
        const timed = await new Promise<string | null | undefined>((resolve) => {
          setTimeout(() => void scopeSentBy(`timer-${index}`).then(resolve), Math.random() * 10);
        });
        return [first, timed];
      }),
    );
    const outside = Array.from({ length: 50 }, async (_, index) => {
      await sleep(Math.random() * 40);
      return scopeSentBy(`outside-${index}`);
    });
    expect(await Promise.all(inChains)).toEqual(inChains.map((_, index) => [`org-${index}`, `org-${index}`]));
    expect(await Promise.all(outside)).toEqual(outside.map(() => "everywhere"));
  });

  it("goes with getMapping too, and ends with an error thrown inside", async () => {
    await expect(
      context.withScope("org", async () => {
        await client.integrations.getMapping("mapped", { entityId: "x" });
        throw new Error("mine");
      }),
    ).rejects.toThrow("mine");
    expect(asked.get("mapped")).toBe("org");
    expect(context.scope).toBeUndefined();
  });

  it.each(["", null, 7] as string[])("is refused as %j rather than taken for the key's own", (scope) => {
    for (const set of [() => context.setScope(scope), () => context.withScope(scope, () => 1)]) {
      expect(set).toThrow(
        expect.objectContaining({ code: "validation_failed" } satisfies Partial<BifrostError>),
      );
    }
  });
});
