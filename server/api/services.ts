import type { Logger } from "pino";
import type { Services } from "@/lib/auth/context";
import type { RequestMetrics } from "../metrics";

/** What the API needs of its process: everything of a {@link Ctx} but who calls, and where it reports to. */
export interface ApiServices extends Services {
  log: Logger;
  metrics: RequestMetrics;
  /** Requests a second for each API key; 0: no limit. */
  rateLimitPerSecond: number;
}
