import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { onObservation } from "@/lib/refresh/observe-refresh";
import { countRefreshes } from "@/lib/refresh/refresh-connection";

/** Up to the 20 s to connect and 60 s to be answered that an attempt has. */
const BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80];

/** What this process does about refreshing. No label names a tenant, an integration or a service. */
export function addRefreshMetrics(registers: Registry[]): void {
  const refreshes = new Counter({
    name: "bifrost_refreshes_total",
    help: "Attempts to refresh that ended, by why they were made and what came of them.",
    labelNames: ["reason", "outcome"],
    registers,
  });
  const durations = new Histogram({
    name: "bifrost_refresh_duration_seconds",
    help: "Time from the claim of an attempt to its answer.",
    labelNames: ["outcome"],
    buckets: BUCKETS,
    registers,
  });
  const waits = new Histogram({
    name: "bifrost_refresh_wait_seconds",
    help: "Time that reads and commands waited for an attempt that somebody else had begun.",
    labelNames: ["reason"],
    buckets: BUCKETS,
    registers,
  });
  const underWay: Gauge = new Gauge({
    name: "bifrost_refreshes_under_way",
    help: "Attempts that have not ended, and wishes that wait for one.",
    registers,
    collect: () => underWay.set(countRefreshes()),
  });
  onObservation({
    attempt({ reason, outcome, durationMs }) {
      refreshes.inc({ reason, outcome });
      if (durationMs !== null) durations.observe({ outcome }, durationMs / 1_000);
    },
    wait({ reason, durationMs }) {
      waits.observe({ reason }, durationMs / 1_000);
    },
  });
}
