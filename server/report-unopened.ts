import type { Logger } from "pino";
import type { Services } from "@/lib/auth/context";
import { adviceOnUnopened, describeUnopened } from "@/lib/health/describe-unopened";
import { findUnopenedRecords } from "@/lib/health/find-unopened-records";

/** A start looks no longer; the operator's command line looks at everything. */
const LONGEST_MS = 60_000;

/** Says once, behind the server's back, which records the keys do not open. It never throws. */
export async function reportUnopened(
  services: Pick<Services, "db" | "keyring">,
  log: Logger,
  isDraining: () => boolean,
): Promise<void> {
  const until = Date.now() + LONGEST_MS;
  try {
    const { found, isComplete } = await findUnopenedRecords(services, {
      shouldStop: () => isDraining() || Date.now() > until,
    });
    if (found.length > 0) {
      log.error(
        `Not every stored secret can be opened. ${describeUnopened(found)}. ${adviceOnUnopened(found)} The rest is served; nothing is overwritten.`,
      );
    }
    if (!isComplete && !isDraining()) {
      log.warn(
        "There are too many stored secrets to look at all of their keys at a start; npm run bifrost -- doctor does.",
      );
    }
  } catch (error) {
    if (!isDraining()) log.warn({ err: error }, "whether the keys open every stored secret is not known");
  }
}
