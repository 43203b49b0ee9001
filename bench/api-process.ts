// The web process's server without its screens, in a process of its own.
import { pino } from "pino";
import { createFront } from "@/server/front";
import { closeServer, createHttpServer, listenOrEnd } from "@/server/http-server";
import { drainOnSignal } from "@/server/process-life";
import { openServices, readEnvOrEnd } from "@/server/services";

const env = readEnvOrEnd();
const log = pino({ level: "silent" });
const services = openServices(env);
const server = createHttpServer(
  createFront({
    services,
    env,
    log,
    screens: (_request, response) => void response.writeHead(404).end(),
    isDraining: () => false,
  }),
);
drainOnSignal(log, async () => {
  server.closeAllConnections();
  await closeServer(server);
  // A service that never answers is not waited for.
  process.exit(0);
});
await listenOrEnd(server, env.port, env.host);
process.send?.({ type: "listening" });
