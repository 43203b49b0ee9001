import { spawn } from "node:child_process";
import { createServer, type Server } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { TEST_CERTIFICATE } from "@/test/oauth-service/certificate";
import { startFaultyService, type FaultyService } from "@/test/oauth-service/faulty-service";
import { EgressError } from "./egress-error";
import { createGuardedFetch } from "./guarded-fetch";

const fetchInside = createGuardedFetch({ allowLoopback: true, allow: [] });
let service: FaultyService;
let other: FaultyService;
let secure: FaultyService;

beforeAll(async () => {
  [service, other, secure] = await Promise.all([
    startFaultyService(),
    startFaultyService(),
    startFaultyService({ tls: true }),
  ]);
});
afterAll(() => Promise.all([service, other, secure].map((each) => each.close())));
beforeEach(() => {
  for (const each of [service, other, secure]) each.requests.length = 0;
});

async function failureOf(work: Promise<unknown>): Promise<EgressError> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof EgressError)) throw new Error(`expected an EgressError, got ${String(error)}`);
  return error;
}

describe("an answer", () => {
  it("comes back with status, headers and body", async () => {
    service.enqueue("/x", {
      status: 201,
      headers: { "x-say": "hello", "set-cookie": ["a=1", "b=2"] },
      body: { a: 1 },
    });
    const response = await fetchInside(service.url("/x?q=1"));
    expect([response.status, response.headers.get("x-say"), await response.json()]).toEqual([
      201,
      "hello",
      { a: 1 },
    ]);
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(service.requests[0]?.query.get("q")).toBe("1");
  });

  it.each([204, 304, 404, 500])("of status %i is an answer", async (status) => {
    service.enqueue("/x", { status });
    expect((await fetchInside(service.url("/x"))).status).toBe(status);
  });

  it.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
    ["zstd", zstdCompressSync],
    ["gzip, br", (data: string) => brotliCompressSync(gzipSync(data))],
  ] as const)("is decompressed from %s", async (encoding, compress) => {
    service.enqueue("/x", { headers: { "content-encoding": encoding }, body: compress("plain text") });
    const response = await fetchInside(service.url("/x"));
    expect(await response.text()).toBe("plain text");
    expect(response.headers.get("content-encoding")).toBeNull();
  });

  it("in an unknown or broken encoding is an error", async () => {
    service.enqueue("/x", { headers: { "content-encoding": "rot13" }, body: "cynva" });
    service.enqueue("/x", { headers: { "content-encoding": "gzip" }, body: "not gzip" });
    expect((await failureOf(fetchInside(service.url("/x")))).reason).toBe("bad_encoding");
    expect((await failureOf(fetchInside(service.url("/x")))).reason).toBe("bad_encoding");
  });

  it.each([["large"], ["bomb"]] as const)("that is %s is refused", async (fault) => {
    service.enqueue("/x", { fault });
    const error = await failureOf(fetchInside(service.url("/x")));
    expect([error.reason, error.sent]).toEqual(["too_large", true]);
  });

  it("of exactly the size allowed is taken, one byte more is not", async () => {
    service.enqueue("/x", { body: "12345678" }, { body: "123456789" });
    expect(await (await fetchInside(service.url("/x"), { maxBytes: 8 })).text()).toBe("12345678");
    expect((await failureOf(fetchInside(service.url("/x"), { maxBytes: 8 }))).reason).toBe("too_large");
  });

  it("that is not HTTP is an error", async () => {
    service.enqueue("/x", { fault: "garbage" });
    expect((await failureOf(fetchInside(service.url("/x")))).reason).toBe("bad_encoding");
  });

  it.each([["reset"], ["truncate"]] as const)(
    "that breaks off (%s) is an error after sending",
    async (fault) => {
      service.enqueue("/x", { fault, body: "x".repeat(1000) });
      const error = await failureOf(fetchInside(service.url("/x")));
      expect([error.reason, error.sent]).toEqual(["reset", true]);
    },
  );
});

describe("a request", () => {
  it("carries its body, whatever its form", async () => {
    await fetchInside(service.url("/token"), { method: "POST", body: new URLSearchParams({ a: "1 2" }) });
    await fetchInside(service.url("/token"), {
      method: "post",
      body: '{"b":2}',
      headers: { "content-type": "application/json" },
    });
    await fetchInside(service.url("/token"), { method: "PUT", body: new TextEncoder().encode("c=3") });
    await fetchInside(service.url("/token"), { method: "POST" });
    expect(service.requests.map((request) => [request.method, request.params])).toEqual([
      ["POST", { a: "1 2" }],
      ["POST", { b: 2 }],
      ["PUT", { c: "3" }],
      ["POST", {}],
    ]);
  });

  it("cannot be turned into two by its own headers", async () => {
    const headers = {
      "content-length": "1",
      "transfer-encoding": "chunked",
      host: "evil.example",
      connection: "keep-alive",
    };
    await fetchInside(service.url("/token"), { method: "POST", body: "abc", headers });
    expect(service.requests).toHaveLength(1);
    expect(service.requests[0]?.headers).toMatchObject({
      "content-length": "3",
      host: new URL(service.origin).host,
    });
    expect(service.requests[0]?.body).toBe("abc");
  });

  it("has a socket of its own each time and is not sent again after a 421", async () => {
    const before = service.connections();
    service.enqueue("/token", { status: 421 });
    expect((await fetchInside(service.url("/token"), { method: "POST", body: "a=1" })).status).toBe(421);
    await fetchInside(service.url("/token"), { method: "POST", body: "a=1" });
    expect(service.requests).toHaveLength(2);
    expect(service.connections() - before).toBe(2);
  });

  it("is announced just before its first byte, and can still be stopped there", async () => {
    const before = service.connections();
    const stop = new Error("too late");
    await expect(
      fetchInside(service.url("/token"), {
        beforeSend: () => {
          throw stop;
        },
      }),
    ).rejects.toBe(stop);
    // The service may hear of the connection later than we do.
    await expect.poll(() => service.connections() - before).toBe(1);
    expect(service.requests).toHaveLength(0);
  });
});

describe("a request that must ask first", () => {
  it("leaves nothing before the answer, and nothing at all where that is no", async () => {
    const asked = Promise.withResolvers<void>();
    const connected = service.connections();
    const pending = fetchInside(service.url("/token"), { beforeSend: () => asked.promise });
    await vi.waitFor(() => expect(service.connections()).toBe(connected + 1));
    expect(service.requests).toHaveLength(0);
    asked.resolve();
    expect((await pending).status).toBe(200);
    const stop = new Error("no");
    const refused = fetchInside(service.url("/token"), { beforeSend: () => Promise.reject(stop) });
    await expect(refused).rejects.toBe(stop);
    expect(service.requests).toHaveLength(1);
  });

  it("is unsent where its time ran out meanwhile", async () => {
    const late = async () => {
      await new Promise((resolve) => setTimeout(resolve, 150));
    };
    const error = await failureOf(fetchInside(service.url("/token"), { timeoutMs: 50, beforeSend: late }));
    expect([error.reason, error.sent]).toEqual(["timeout", false]);
    expect(service.requests).toHaveLength(0);
  });
});

describe("time", () => {
  it.each([["hang"], ["stall"]] as const)("runs out on a service that %ss", async (fault) => {
    service.enqueue("/x", { fault, body: "x".repeat(100) });
    const error = await failureOf(fetchInside(service.url("/x"), { timeoutMs: 2_000 }));
    expect([error.reason, error.sent, error.message]).toEqual([
      "timeout",
      true,
      "127.0.0.1 did not answer in time. Try again; if it goes on, check the service's status.",
    ]);
  });

  it("that ran out while the process was paused does not throw an arrived answer away", async () => {
    // The answer must come from another process to arrive while this one sleeps.
    const script = `require("http").createServer((q, s) => setTimeout(() => s.end("late but here"), 300))
      .listen(0, "127.0.0.1", function () { console.log(this.address().port) })`;
    const child = spawn(process.execPath, ["-e", script]);
    try {
      const port = await new Promise<string>((resolve) => {
        child.stdout.once("data", (data) => resolve(String(data).trim()));
      });
      let sent = () => {};
      const isSent = new Promise<void>((resolve) => (sent = resolve));
      const beforeSend = () => void setTimeout(sent, 50);
      const answer = fetchInside(`http://127.0.0.1:${port}/`, { timeoutMs: 2_000, beforeSend });
      await isSent;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4_000);
      expect(await (await answer).text()).toBe("late but here");
    } finally {
      child.kill();
    }
  });

  it("ends when the caller gives up", async () => {
    service.enqueue("/x", { fault: "hang" });
    const error = await failureOf(fetchInside(service.url("/x"), { signal: AbortSignal.timeout(100) }));
    expect(error.reason).toBe("timeout");
  });
});

describe("a redirect", () => {
  it.each([301, 302, 303, 307, 308])(
    "%i is refused unless asked for, and says where it led",
    async (status) => {
      service.enqueue("/x", { status, headers: { location: "https://elsewhere.example/path?secret=1" } });
      const error = await failureOf(fetchInside(service.url("/x"), { method: "POST", body: "a=1" }));
      expect([error.reason, error.sent]).toEqual(["redirect_refused", true]);
      expect(error.message).toContain("elsewhere.example");
      expect(error.message).not.toContain("secret");
    },
  );

  it("carries no credentials to another origin", async () => {
    service.enqueue("/x", { status: 302, headers: { location: other.url("/landed") } });
    other.enqueue("/landed", { body: "there" });
    const headers = {
      authorization: "Bearer canary",
      cookie: "canary",
      "x-api-key": "canary",
      accept: "text/plain",
    };
    const response = await fetchInside(service.url("/x"), { redirect: "follow", headers });
    expect(await response.text()).toBe("there");
    expect(JSON.stringify(other.requests[0]?.headers)).not.toContain("canary");
    expect(other.requests[0]?.headers.accept).toBe("text/plain");
  });

  it("keeps them within an origin", async () => {
    service.enqueue("/x", { status: 302, headers: { location: "/landed" } });
    service.enqueue("/landed", { body: "there" });
    await fetchInside(service.url("/x"), { redirect: "follow", headers: { authorization: "Bearer kept" } });
    expect(service.requests[1]?.headers.authorization).toBe("Bearer kept");
  });

  it("never carries a body to another origin", async () => {
    service.enqueue("/x", { status: 307, headers: { location: other.url("/landed") } });
    const error = await failureOf(
      fetchInside(service.url("/x"), { redirect: "follow", method: "POST", body: "secret=1" }),
    );
    expect(error.reason).toBe("redirect_refused");
    expect(other.requests).toHaveLength(0);
  });

  it.each([
    ["http://169.254.169.254/latest/meta-data/", "address_forbidden"],
    ["http://elsewhere.example/", "https_required"],
    ["file:///etc/passwd", "scheme_forbidden"],
    ["http://user:pass@127.0.0.1/", "invalid_url"],
  ])("to %s is checked like any URL", async (location, reason) => {
    service.enqueue("/x", { status: 302, headers: { location } });
    const error = await failureOf(fetchInside(service.url("/x"), { redirect: "follow" }));
    expect([error.reason, error.sent]).toEqual([reason, true]);
  });

  it("in a circle comes to an end", async () => {
    service.always("/circle", { status: 302, headers: { location: "/circle" } });
    expect((await failureOf(fetchInside(service.url("/circle"), { redirect: "follow" }))).reason).toBe(
      "redirect_refused",
    );
    expect(service.requests.length).toBeLessThan(10);
  });
});

describe("what cannot be reached", () => {
  it("is unsent: a closed port", async () => {
    const error = await failureOf(fetchInside("http://127.0.0.1:1/"));
    expect([error.reason, error.sent, error.host]).toEqual(["connect_failed", false, "127.0.0.1"]);
  });

  it("is unsent: a name that does not exist", async () => {
    const error = await failureOf(fetchInside("https://no-such-host.invalid/"));
    expect([error.reason, error.sent]).toEqual(["dns_failed", false]);
  });

  it("is unsent: a name that resolves to an inner address", async () => {
    const { port } = new URL(secure.origin);
    const error = await failureOf(
      createGuardedFetch({ allowLoopback: false, allow: [] })(`https://localhost:${port}/`),
    );
    expect([error.reason, error.sent]).toEqual(["address_forbidden", false]);
    expect(secure.requests).toHaveLength(0);
  });

  it("is unsent: a certificate that nobody vouches for", async () => {
    const error = await failureOf(fetchInside(secure.url("/x")));
    expect([error.reason, error.sent]).toEqual(["tls_failed", false]);
  });

  it("is unsent: a server that accepts and never speaks TLS", async () => {
    const silent: Server = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    const port = typeof address === "object" ? address?.port : 0;
    const error = await failureOf(fetchInside(`https://127.0.0.1:${port}/`, { timeoutMs: 200 }));
    expect([error.reason, error.sent]).toEqual(["timeout", false]);
    silent.close();
  });
});

describe("https", () => {
  it("works with a certificate that is trusted, by address and by name", async () => {
    const usual = getCACertificates("default");
    setDefaultCACertificates([...usual, TEST_CERTIFICATE]);
    try {
      const { port } = new URL(secure.origin);
      secure.always("/x", { body: "safe" });
      expect(await (await fetchInside(secure.url("/x"))).text()).toBe("safe");
      expect(await (await fetchInside(`https://service.localhost:${port}/x`)).text()).toBe("safe");
      const wrong = await failureOf(fetchInside(`https://other.localhost:${port}/x`));
      expect(wrong.reason).toBe("tls_failed");
    } finally {
      setDefaultCACertificates(usual);
    }
  });
});
