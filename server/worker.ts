import { EventEmitter } from "node:events";
import { constants, setPriority } from "node:os";
import {
  type CronItem,
  parseCronItems,
  run,
  Logger as WorkerLogger,
  type Runner,
  runMigrations,
} from "graphile-worker";
import type { Logger } from "pino";
import { purgeExpired } from "@/lib/jobs/purge-expired";
import { isDatabaseUnavailable } from "@/lib/db/unavailable";
import { createLog } from "@/lib/log";
import { countRefreshes } from "@/lib/refresh/refresh-connection";
import { startSchedule } from "@/lib/refresh/refresh-due";
import { startProviding } from "@/lib/refresh/start-providing";
import { startDeliveries } from "@/lib/webhooks/deliver-due";
import { purgeWebhooks } from "@/lib/webhooks/purge-webhooks";
import { drainOnSignal } from "./process-life";
import { openServices, readEnvOrEnd, requireDatabase } from "./services";
import { serveWorkerMetrics } from "./worker-metrics";

/** graphile-worker's tables live beside ours, in a schema of their own. */
const SCHEMA = "graphile_worker";
const CONCURRENCY = 5;
const RETRY_MS = 1_000;
/** So many looks for a job that failed in a row, of all its loops together, are no passing trouble. */
const FAILED_LOOKS = 3 * CONCURRENCY;

const CRON: CronItem[] = [
  { task: "purge-expired", match: "*/5 * * * *", options: { backfillPeriod: 0, maxAttempts: 1 } },
  { task: "purge-webhooks", match: "17 * * * *", options: { backfillPeriod: 0, maxAttempts: 1 } },
];

/** The worker process: scheduled and queued jobs. It outlives a restart of the database. */
async function main(): Promise<void> {
  const env = readEnvOrEnd();
  const log = createLog("worker", env.logLevel);
  const services = openServices(env);
  await requireDatabase(services, env);
  giveWay();
  const stopMetrics = await serveWorkerMetrics(services.db, env);

  const options = {
    pgPool: services.db.pool,
    schema: SCHEMA,
    concurrency: CONCURRENCY,
    noHandleSignals: true,
    logger: workerLogger(log),
    taskList: {
      "purge-expired": () => purgeExpired(services.db, services.now()),
      "purge-webhooks": () => purgeWebhooks(services.db, services.now()),
    },
    parsedCronItems: parseCronItems(CRON),
  };
  let runner: Runner | undefined;
  let isDraining = false;
  const providing = startProviding(services, {
    onError: (error) => log.error({ err: error }, "providing tokens went wrong"),
  });
  const schedule = startSchedule(services, {
    onError: (error) => log.error({ err: error }, "a refresh went wrong"),
  });
  const deliveries = startDeliveries(services, {
    onError: (error) => log.error({ err: error }, "a webhook delivery went wrong"),
  });
  const drain = async () => {
    isDraining = true;
    await Promise.all([runner?.stop(), providing.stop(), schedule.stop(), deliveries.stop()]);
    await stopMetrics();
    await services.db.close();
  };
  drainOnSignal(log, drain, { countRefreshes });

  while (!isDraining) {
    try {
      await runMigrations(options);
      // Anew each time: graphile-worker keeps what it once read of the database, a failure to read it included.
      runner = await run({ ...options, events: stopWhenStuck(() => runner?.stop()) });
      log.info("working");
      process.send?.({ type: "working" });
      await runner.promise;
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      log.warn({ err: error }, "the database does not answer");
    }
    runner = undefined;
    if (!isDraining) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** Where it shares a machine with the web process, reads come first: refreshes begin early enough to wait for a moment. */
function giveWay(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // A sandbox may forbid it, and it works without.
  }
}

/** Watches the looks for a job: a runner that was cut off in its first moments never finds one again. */
function stopWhenStuck(stop: () => Promise<void> | undefined): EventEmitter {
  const events = new EventEmitter();
  let failed = 0;
  const succeeded = () => (failed = 0);
  events.on("worker:getJob:empty", succeeded);
  events.on("job:start", succeeded);
  events.on("worker:getJob:error", () => {
    failed += 1;
    // It may have been stopped already; its end is awaited where it was started.
    if (failed === FAILED_LOOKS) stop()?.catch(() => undefined);
  });
  return events;
}

function workerLogger(log: Logger): WorkerLogger {
  return new WorkerLogger(() => (level, message, meta) => {
    const error = meta?.["error"];
    const write = level === "error" ? log.error : level === "warning" ? log.warn : log.debug;
    write.call(log, error === undefined ? {} : { err: error }, message);
  });
}

await main();
