import type { ActivityRow } from "@/lib/refresh/schema";

/** Why an attempt was made. */
export const REASON_WORDS: Readonly<Record<ActivityRow["reason"], string>> = {
  due: "It was due",
  keep_alive: "To keep it alive",
  read: "A script asked for it",
  sdk: "A script forced it",
  button: "Refresh token pressed",
  not_recorded: "Not recorded",
};

/** What came of an attempt. */
export const OUTCOME_WORDS: Readonly<Record<ActivityRow["outcome"], string>> = {
  success: "Refreshed",
  needs_person: "Needs a person",
  client: "OAuth client refused",
  configuration: "Settings refused",
  passing: "Service in trouble",
  unknown: "Refused",
  unsent: "Not sent",
  superseded: "Came too late",
};

/** A duration as a person reads it: "340 ms", "12.5 s". */
export function durationInWords(durationMs: number): string {
  return durationMs < 1_000 ? `${durationMs} ms` : `${(durationMs / 1_000).toFixed(1)} s`;
}
