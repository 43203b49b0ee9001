// A thread that asks one server as fast as it answers, or at a given rate, over a few kept connections. It reads of each
// answer no more than its status and length, so that the machine's cores are the server's.
import { connect } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import type { Load, LoadResult } from "./load.ts";

const { port, paths, headers, connections, durationMs, ratePerSecond } = workerData as Load;

const requests = paths.map((path, index) =>
  Buffer.from(
    `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n${headers[index % headers.length] ?? ""}\r\n`,
    "latin1",
  ),
);
const latenciesMs: number[] = [];
let next = 0;
let failed = 0;
let open = connections;
const startMs = performance.now();
const endMs = startMs + durationMs;

for (let index = 0; index < connections; index++) run();

function run(): void {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let dueMs = 0;
  let received: Buffer = Buffer.alloc(0);
  const send = () => {
    const index = next++;
    // At a rate, a request's time counts from when it was due: a server that stalls is not spared those it kept waiting.
    dueMs = ratePerSecond === null ? performance.now() : startMs + (index * 1_000) / ratePerSecond;
    if (dueMs >= endMs || performance.now() >= endMs) return socket.end();
    const request = requests[index % requests.length];
    const waitMs = dueMs - performance.now();
    if (request === undefined) return socket.end();
    if (waitMs > 1) setTimeout(() => socket.write(request), waitMs);
    else socket.write(request);
  };
  socket.on("connect", send);
  socket.on("data", (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const headEnd = received.indexOf("\r\n\r\n");
    if (headEnd < 0) return;
    const head = received.toString("latin1", 0, headEnd).toLowerCase();
    const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? Number.NaN);
    if (Number.isNaN(length)) throw new Error("An answer does not say its length.");
    if (received.length < headEnd + 4 + length) return;
    received = Buffer.alloc(0);
    if (!head.startsWith("http/1.1 200")) failed++;
    latenciesMs.push(performance.now() - dueMs);
    send();
  });
  socket.on("error", () => failed++);
  socket.on("close", () => {
    if (--open > 0) return;
    latenciesMs.sort((left, right) => left - right);
    const result: LoadResult = {
      perSecond: latenciesMs.length / ((performance.now() - startMs) / 1_000),
      p99Ms: latenciesMs[Math.floor(latenciesMs.length * 0.99)] ?? Number.NaN,
      failed,
    };
    // A thread has no origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    parentPort?.postMessage(result);
  });
}
