import type { IncomingMessage, ServerResponse } from "node:http";
import { judgeHost } from "@/lib/auth/public-host";

/**
 * Answers a request for the screens that came under another host than BIFROST_URL's; says whether it did. Here and not
 * in Next's proxy, which takes 127.0.0.1 for localhost and would send the browser round in circles.
 */
export function answerOtherHost(
  request: IncomingMessage,
  response: ServerResponse,
  publicUrl: string,
): boolean {
  const forwarded = request.headers["x-forwarded-host"];
  const host =
    (typeof forwarded === "string" ? forwarded.split(",")[0]?.trim() : undefined) ?? request.headers.host;
  const verdict = judgeHost({
    method: request.method ?? "",
    host: host ?? null,
    pathAndQuery: request.url ?? "/",
    publicUrl,
  });
  if (verdict.action === "serve") return false;
  const headers = { "cache-control": "no-store", "referrer-policy": "no-referrer", connection: "close" };
  if (verdict.action === "redirect") {
    response.writeHead(308, { ...headers, location: verdict.location }).end();
  } else {
    response.writeHead(421, { ...headers, "content-type": "text/plain; charset=utf-8" });
    response.end(`${verdict.message}\n`);
  }
  return true;
}
