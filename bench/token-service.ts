// A token endpoint that answers at once, or never; a process of its own, so that its work is no part of what is measured.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface ServiceTally {
  answered: number;
  /** From the first request to the last answer since the tally began. */
  tookMs: number;
}

const ACCESS_TOKEN = "a".repeat(1_500);
const REFRESH_TOKEN = "r".repeat(800);

let isSilent = false;
let answered = 0;
let firstMs = 0;
let lastMs = 0;

async function listen(): Promise<number> {
  const server = createServer((request, response) => {
    request.resume();
    if (answered === 0 && firstMs === 0) firstMs = performance.now();
    request.on("end", () => {
      if (isSilent) return;
      const body = JSON.stringify({
        access_token: `${answered}${ACCESS_TOKEN}`,
        refresh_token: `${answered}${REFRESH_TOKEN}`,
        token_type: "Bearer",
        expires_in: 3_600,
      });
      answered++;
      lastMs = performance.now();
      response.writeHead(200, {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
      });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

process.on("message", (order: { type: string; silent?: boolean }) => {
  const tally: ServiceTally = { answered, tookMs: lastMs - firstMs };
  if (order.type === "begin") {
    isSilent = order.silent ?? false;
    answered = firstMs = lastMs = 0;
  }
  process.send?.({ type: order.type, ...tally });
});
process.on("SIGTERM", () => process.exit(0));
process.on("disconnect", () => process.exit(0));

const ports = await Promise.all(Array.from({ length: Number(process.env["SERVICE_PORTS"]) }, listen));
process.send?.({ type: "listening", ports });
