import { z } from "zod";
import { storable } from "@/lib/storable";
import type { RefreshReason } from "./rules";

export const ACTIVITY_OUTCOMES = [
  "success",
  "failed",
  "needs_person",
  "client",
  "configuration",
  "passing",
  "unknown",
  "unsent",
  "superseded",
] as const;

/** The Activity tab's state, as it stands in the URL. Made-up values fall back to no filter. */
export const activityListQuery = z.object({
  /** `failed` is every outcome but `success`. */
  outcome: z.enum(ACTIVITY_OUTCOMES).optional().catch(undefined),
  /** `default`: the default connection. */
  organization: z.literal("default").or(z.uuid()).optional().catch(undefined),
  cursor: storable(z.string()).max(100).optional().catch(undefined),
});
export type ActivityListQuery = z.output<typeof activityListQuery>;

/** One attempt to refresh. Times are ISO 8601. */
export interface ActivityRow {
  id: string;
  occurredAt: string;
  /** Null: the default connection. */
  organization: { id: string; name: string } | null;
  /** `not_recorded`: its process ended before it wrote why. */
  reason: RefreshReason | "not_recorded";
  outcome: Exclude<(typeof ACTIVITY_OUTCOMES)[number], "failed">;
  durationMs: number;
  /** Of a failure: what happened in our words, and the service's own where it gave any. */
  what: string | null;
  quote: string | null;
  note: string | null;
}

export interface ActivityPage {
  rows: ActivityRow[];
  /** Where the next page begins; null: there is none. */
  nextCursor: string | null;
}
