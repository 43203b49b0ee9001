import type { IncomingMessage, ServerResponse } from "node:http";
import type { Env } from "@/lib/env";
import { createLog } from "@/lib/log";
import { countRefreshes, endRefreshing } from "@/lib/refresh/refresh-connection";
import { createFront } from "./front";
import { closeServer, createHttpServer, listenOrEnd } from "./http-server";
import { drainOnSignal } from "./process-life";
import { checkKeys } from "./readiness";
import { reportUnopened } from "./report-unopened";
import { openServices, readEnvOrEnd, requireDatabase } from "./services";

/** What answers everything that is not the API's, the probes' or the SDK's. */
export interface Screens {
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;
  prepare(): Promise<void>;
  close(): Promise<void>;
}

/** A web process from its settings to its end: the API in front, the screens behind it, on one port. */
export async function runWeb(openScreens: (env: Env) => Screens): Promise<void> {
  const env = readEnvOrEnd();
  const log = createLog("web", env.logLevel);
  const services = openServices(env);
  await requireDatabase(services, env);
  const keys = await checkKeys(services);
  if (keys !== "ok") log.error(`${keys}. What can be opened is served; nothing is overwritten.`);

  let isDraining = false;
  const screens = openScreens(env);
  const front = createFront({ services, env, log, screens: screens.answer, isDraining: () => isDraining });
  const server = createHttpServer(front);
  const drain = async () => {
    isDraining = true;
    await closeServer(server);
    await screens.close();
    // A refresh that a read began behind itself belongs to no request; its answer may be the only live token.
    await endRefreshing();
    await services.db.close();
  };
  drainOnSignal(log, drain, { countRefreshes });
  await screens.prepare();
  await listenOrEnd(server, env.port, env.host);
  log.info({ host: env.host, port: env.port, publicUrl: env.publicUrl }, "listening");
  process.send?.({ type: "listening", url: env.publicUrl });
  void reportUnopened(services, log, () => isDraining);
}
