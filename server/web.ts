import next from "next";
import { createLog } from "@/lib/log";
import { settleAttempts } from "@/lib/refresh/refresh-connection";
import { createFront } from "./front";
import { closeServer, createHttpServer, listenOrEnd } from "./http-server";
import { drainOnSignal } from "./process-life";
import { projectRoot } from "./project-root";
import { checkKeys } from "./readiness";
import { openServices, readEnvOrEnd, requireDatabase } from "./services";

/** The web process: the API in front, the screens of Next behind it, on one port. */
async function main(): Promise<void> {
  const env = readEnvOrEnd();
  const log = createLog("web", env.logLevel);
  const services = openServices(env);
  await requireDatabase(services, env);
  const keys = await checkKeys(services);
  if (keys !== "ok") log.error(`${keys}. What can be opened is served; nothing is overwritten.`);

  const dev = process.env["NODE_ENV"] === "development";
  let isDraining = false;
  const app = next({ dev, dir: projectRoot(), hostname: env.host, port: env.port });
  const screens = app.getRequestHandler();
  const front = createFront({
    services,
    env,
    log,
    screens: (request, response) => screens(request, response),
    isDraining: () => isDraining,
  });
  const server = createHttpServer(front);
  drainOnSignal(log, async () => {
    isDraining = true;
    await closeServer(server);
    await app.close();
    // A refresh that a read began behind itself belongs to no request; its answer may be the only live token.
    await settleAttempts();
    await services.db.close();
  });
  await app.prepare();
  await listenOrEnd(server, env.port, env.host);
  log.info({ host: env.host, port: env.port, publicUrl: env.publicUrl }, "listening");
  process.send?.({ type: "listening", url: env.publicUrl });
}

await main();
