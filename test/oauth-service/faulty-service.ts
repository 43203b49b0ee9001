import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { TEST_CERTIFICATE, TEST_KEY } from "./certificate";
import { paramsOf, sendAnswer, type RecordedRequest, type ScriptedAnswer } from "./scripted-answer";

export interface FaultyService {
  origin: string;
  url: (path: string) => string;
  /** Every request in the order of its arrival, whatever was answered. */
  requests: RecordedRequest[];
  /** Answers for the next requests to this path, each used once. */
  enqueue: (path: string, ...answers: ScriptedAnswer[]) => void;
  /** The answer to every request to this path for which none is queued. */
  always: (path: string, answer: ScriptedAnswer | ((request: RecordedRequest) => ScriptedAnswer)) => void;
  /** Connections made so far. */
  connections: () => number;
  close: () => Promise<void>;
}

/** A token answer as plain as they come. */
export const PLAIN_TOKENS = {
  access_token: "plain-access-token",
  refresh_token: "plain-refresh-token",
  token_type: "Bearer",
  expires_in: 3600,
};

/**
 * An OAuth server that does as it is told: `/token`, `/revoke`, `/authorize` (which consents at once) and any other path,
 * with answers, delays and faults queued by the test.
 */
export async function startFaultyService(
  options: { port?: number; tls?: boolean } = {},
): Promise<FaultyService> {
  const requests: RecordedRequest[] = [];
  const queues = new Map<string, ScriptedAnswer[]>();
  const defaults = new Map<string, ScriptedAnswer | ((request: RecordedRequest) => ScriptedAnswer)>([
    ["/token", { body: PLAIN_TOKENS }],
    ["/revoke", { status: 200 }],
    ["/authorize", consentAtOnce],
  ]);
  const connections = new Map<Socket, number>();

  const listener: RequestListener = (incoming, response) => {
    void record(incoming, connections.get(incoming.socket) ?? 0).then((request) => {
      requests.push(request);
      const standing = defaults.get(request.path) ?? { status: 404, body: { error: "not_found" } };
      const answer = queues.get(request.path)?.shift() ?? standing;
      return sendAnswer(typeof answer === "function" ? answer(request) : answer, response);
    }, closeQuietly(response));
  };
  const server = options.tls
    ? createTlsServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, listener)
    : createServer(listener);
  server.on(options.tls ? "secureConnection" : "connection", (socket: Socket) => {
    connections.set(socket, connections.size + 1);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const origin = `${options.tls ? "https" : "http"}://127.0.0.1:${port}`;

  return {
    origin,
    url: (path) => origin + path,
    requests,
    enqueue: (path, ...answers) => void queues.set(path, [...(queues.get(path) ?? []), ...answers]),
    always: (path, answer) => void defaults.set(path, answer),
    connections: () => connections.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function consentAtOnce({ query }: RecordedRequest): ScriptedAnswer {
  const target = new URL(query.get("redirect_uri") ?? "http://127.0.0.1/");
  target.searchParams.set("code", "consented-code");
  target.searchParams.set("state", query.get("state") ?? "");
  return { status: 302, headers: { location: target.href } };
}

async function record(incoming: IncomingMessage, connection: number): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk as Uint8Array));
  const body = Buffer.concat(chunks).toString("utf8");
  const url = new URL(incoming.url ?? "/", "http://service.invalid");
  return {
    method: incoming.method ?? "",
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body,
    params: paramsOf(body, incoming.headers["content-type"]),
    connection,
    at: new Date(),
  };
}

function closeQuietly(response: ServerResponse): () => void {
  return () => void response.destroy();
}
