import { createServer, type RequestListener, type Server } from "node:http";
import { endWith } from "./process-life";

/** A server whose limits keep a slow or silent client from holding a connection for long. */
export function createHttpServer(listener: RequestListener): Server {
  const server = createServer({ connectionsCheckingInterval: 5_000 }, listener);
  server.headersTimeout = 15_000;
  server.requestTimeout = 60_000;
  // Longer than the usual 60 s of load balancers, so that it is never this side that closes first.
  server.keepAliveTimeout = 65_000;
  return server;
}

/** Listens, or ends the process with one line that says what to set. */
export function listenOrEnd(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") endWith(`Port ${port} on ${host} is in use. Set PORT to another one.`);
      if (error.code === "EACCES") endWith(`Port ${port} needs more rights. Set PORT to one above 1023.`);
      endWith(`Cannot listen on ${host}:${port} (${error.code ?? error.message}). Set HOST and PORT.`);
    });
    server.listen(port, host, resolve);
  });
}

/** Takes no more connections, lets every request under way finish, and closes each connection once it is idle. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
