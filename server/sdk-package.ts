import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { projectRoot } from "./project-root";

let tarball: Promise<{ bytes: Buffer; etag: string }> | undefined;

async function load(): Promise<{ bytes: Buffer; etag: string }> {
  const bytes = await readFile(join(projectRoot(), "dist", "sdk", "bifrost.tgz"));
  return { bytes, etag: `"${createHash("sha256").update(bytes).digest("base64url")}"` };
}

/** Answers `/sdk/bifrost.tgz`: the SDK that was built with this very server, for `npm install`. */
export async function answerSdkPackage(request: IncomingMessage, response: ServerResponse): Promise<void> {
  tarball ??= load();
  try {
    const { bytes, etag } = await tarball;
    const headers = { etag, "cache-control": "no-cache" };
    if (request.headers["if-none-match"] === etag) {
      response.writeHead(304, headers).end();
      return;
    }
    response.writeHead(200, {
      ...headers,
      "content-type": "application/gzip",
      "content-length": bytes.length,
    });
    response.end(request.method === "HEAD" ? undefined : bytes);
  } catch {
    tarball = undefined;
    response.writeHead(503, { "content-type": "text/plain; charset=utf-8", "retry-after": "5" });
    response.end("The SDK package is not built. Run npm run build on the server.\n");
  }
}
