import { createServer, type RequestListener, type Server } from "node:http";
import type { Socket } from "node:net";
import { endWith } from "./process-life";

/** Open connections, each with the number of its requests under way. */
const connectionsOf = new WeakMap<Server, Map<Socket, number>>();

/** A connection without a request may have one on its way when closing begins; this long it is waited for. */
const SILENT_MS = 1_000;

/** A server whose limits keep a slow or silent client from holding a connection for long. */
export function createHttpServer(listener: RequestListener): Server {
  const server = createServer({ connectionsCheckingInterval: 5_000 }, listener);
  server.headersTimeout = 15_000;
  server.requestTimeout = 60_000;
  // Longer than the usual 60 s of load balancers, so that it is never this side that closes first.
  server.keepAliveTimeout = 65_000;
  const connections = new Map<Socket, number>();
  connectionsOf.set(server, connections);
  server.on("connection", (socket) => {
    connections.set(socket, 0);
    socket.once("close", () => connections.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    const count = (by: number) => {
      const requests = connections.get(socket);
      if (requests !== undefined) connections.set(socket, requests + by);
    };
    count(1);
    response.once("close", () => count(-1));
  });
  return server;
}

/** Listens, or ends the process with one line that says what to set. */
export function listenOrEnd(server: Server, port: number, host: string, setting = "PORT"): Promise<void> {
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE")
        endWith(`Port ${port} on ${host} is in use. Set ${setting} to another one.`);
      if (error.code === "EACCES")
        endWith(`Port ${port} needs more rights. Set ${setting} to one above 1023.`);
      endWith(`Cannot listen on ${host}:${port} (${error.code ?? error.message}). Set HOST and ${setting}.`);
    });
    server.listen(port, host, resolve);
  });
}

/**
 * Takes no more connections, lets every request under way finish, and closes each connection once it is idle. One that
 * was opened and never asked anything (browsers do so, in advance) is not waited for: Node takes it for busy and, once
 * the server closes, drops its limits for it.
 */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const sweep = setInterval(() => {
      server.closeIdleConnections();
      if (performance.now() - startedMs < SILENT_MS) return;
      for (const [socket, requests] of connectionsOf.get(server) ?? []) if (requests === 0) socket.destroy();
    }, 50);
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
