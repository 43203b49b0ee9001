import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { TEST_CERTIFICATE, TEST_KEY } from "../oauth-service/certificate";

/** One arrival of a refresh token, in the order of arrival. */
export interface Presentation {
  grant: string;
  token: string;
  /**
   * `reused`: the token had been spent, and the grant is dead from now on. `client`: the client secret was wrong. `down`: the
   * service is. Null: never acted upon.
   */
  outcome: "success" | "reused" | "refused" | "client" | "down" | null;
  /** Monotonic, in milliseconds; `endedAt` when the answer has left or the other side has gone. */
  at: number;
  endedAt: number | null;
}

/** How the service takes its time over one presentation; each resolves when it may go on. */
export interface Pace {
  /** The token is unspent meanwhile. A caller who has gone by then is not served. */
  beforeActing?: (presentation: Presentation) => Promise<unknown> | undefined;
  /** The token is spent meanwhile. */
  beforeAnswering?: (presentation: Presentation) => Promise<unknown> | undefined;
}

export interface TokenService {
  origin: string;
  /** The authority that signs it, where it speaks TLS. */
  tls: boolean;
  log: Presentation[];
  pace: Pace;
  expiresInSeconds: number;
  /** Every presentation is answered 503, and nothing is spent. */
  isDown: boolean;
  /** The one it takes. */
  clientSecret: string;
  revoked: string[];
  /** Makes a grant, or a new one in place of it as after another consent, and gives its first tokens. */
  issue: (grant: string) => { accessToken: string; refreshToken: string };
  accepts: (accessToken: string) => boolean;
  isCurrent: (refreshToken: string) => boolean;
  /** An API of the service: 401 from now on for this grant's present access token. */
  expireAccess: (grant: string) => void;
  /** Pairs of presentations of one grant that were under way at the same time. */
  overlaps: () => [Presentation, Presentation][];
  /** With TLS: connections made from now on get no answer to their greeting until the promise resolves. */
  holdGreetings: (until: Promise<unknown>) => void;
  /** Connections that wait for the answer to their greeting. */
  greeting: () => number;
  close: () => Promise<void>;
}

export const CLIENT_SECRET = "canary-secret";

interface Grant {
  name: string;
  generation: number;
  isDead: boolean;
  isAccessExpired: boolean;
}

/**
 * A service whose refresh tokens are good once: it writes down every presentation, and at the second one of a token
 * it ends the whole grant (RFC 9700 4.14.2). `/api` takes an access token that lives.
 */
export async function startTokenService(options: { tls?: boolean } = {}): Promise<TokenService> {
  const grants = new Map<string, Grant>();
  const log: Presentation[] = [];
  const sockets = new Set<Socket>();
  let held: Promise<unknown> | null = null;
  let greeting = 0;

  const listener: RequestListener = (request, response) => {
    if (request.method === "POST") void take(request, response).catch(() => response.destroy());
    else answer(response, service.accepts(bearerOf(request)) ? 200 : 401, {});
  };

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const params = new URLSearchParams(await bodyOf(request));
    if (request.url === "/revoke") {
      service.revoked.push(params.get("token") ?? "");
      return answer(response, 200, {});
    }
    const code = params.get("code");
    if (code === null) return present(params, response);
    service.issue(code);
    return give(response, grants.get(code));
  }

  function give(response: ServerResponse, grant: Grant | undefined): void {
    if (!grant) return answer(response, 400, { error: "invalid_grant" });
    const { accessToken, refreshToken } = tokensOf(grant);
    answer(response, 200, {
      access_token: accessToken,
      refresh_token: refreshToken,
      token_type: "Bearer",
      expires_in: service.expiresInSeconds,
    });
  }

  async function present(params: URLSearchParams, response: ServerResponse): Promise<void> {
    const token = params.get("refresh_token") ?? "";
    const name = token.split(".")[1] ?? "";
    const presentation: Presentation = {
      grant: name,
      token,
      outcome: null,
      at: performance.now(),
      endedAt: null,
    };
    log.push(presentation);
    response.once("close", () => (presentation.endedAt = performance.now()));
    await service.pace.beforeActing?.(presentation);
    if (response.destroyed) return;
    if (service.isDown) {
      presentation.outcome = "down";
      return answer(response, 503, { error: "temporarily_unavailable" });
    }
    const grant = grants.get(name);
    const isClient = params.get("client_secret") === service.clientSecret;
    presentation.outcome = isClient ? act(grant, token) : "client";
    const given = presentation.outcome === "success" ? grant && { ...grant } : undefined;
    await service.pace.beforeAnswering?.(presentation);
    if (isClient) give(response, given);
    else answer(response, 401, { error: "invalid_client" });
  }

  const inner = options.tls
    ? createTlsServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, listener)
    : createServer(listener);
  // In front of it, so that a connection can be made whose greeting stays without an answer.
  const outer = createTcpServer({ pauseOnConnect: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    const go = () => inner.emit("connection", socket.resume());
    if (held === null) return void go();
    greeting++;
    void held.then(() => {
      greeting--;
      go();
    });
  });
  await new Promise<void>((resolve) => outer.listen(0, "127.0.0.1", resolve));

  const service: TokenService = {
    origin: `${options.tls ? "https" : "http"}://127.0.0.1:${(outer.address() as AddressInfo).port}`,
    tls: options.tls ?? false,
    log,
    pace: {},
    expiresInSeconds: 3_600,
    isDown: false,
    clientSecret: CLIENT_SECRET,
    revoked: [],
    issue(name) {
      const generation = (grants.get(name)?.generation ?? 0) + 1;
      const grant = { name, generation, isDead: false, isAccessExpired: false };
      grants.set(name, grant);
      return tokensOf(grant);
    },
    accepts(accessToken) {
      const grant = grants.get(accessToken.split(".")[1] ?? "");
      return (
        grant !== undefined &&
        !grant.isDead &&
        !grant.isAccessExpired &&
        tokensOf(grant).accessToken === accessToken
      );
    },
    isCurrent(refreshToken) {
      const grant = grants.get(refreshToken.split(".")[1] ?? "");
      return grant !== undefined && !grant.isDead && tokensOf(grant).refreshToken === refreshToken;
    },
    expireAccess(name) {
      const grant = grants.get(name);
      if (grant) grant.isAccessExpired = true;
    },
    overlaps: () => overlapsOf(log),
    holdGreetings: (until) => (held = until.then(() => void (held = null))),
    greeting: () => greeting,
    close: () =>
      new Promise((resolve) => {
        outer.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return service;
}

function act(grant: Grant | undefined, token: string): Presentation["outcome"] {
  if (!grant || grant.isDead) return "refused";
  if (tokensOf(grant).refreshToken !== token) {
    grant.isDead = true;
    return "reused";
  }
  grant.generation++;
  grant.isAccessExpired = false;
  return "success";
}

function tokensOf({ name, generation }: Grant): { accessToken: string; refreshToken: string } {
  return { accessToken: `at.${name}.${generation}`, refreshToken: `rt.${name}.${generation}` };
}

function overlapsOf(log: readonly Presentation[]): [Presentation, Presentation][] {
  const last = new Map<string, Presentation>();
  return log.flatMap((each): [Presentation, Presentation][] => {
    const before = last.get(each.grant);
    last.set(each.grant, each);
    return before && (before.endedAt === null || before.endedAt > each.at) ? [[before, each]] : [];
  });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function bearerOf(request: IncomingMessage): string {
  return request.headers.authorization?.replace(/^Bearer /, "") ?? "";
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}
