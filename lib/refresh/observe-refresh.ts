import { channel } from "node:diagnostics_channel";
import type { Activity } from "./insert-activity";
import type { RefreshReason } from "./rules";

/** How an attempt ended. `superseded`: stored by nobody, as the connection changed meanwhile; `gave_up`: not sent at all. */
export interface AttemptObservation {
  reason: RefreshReason;
  outcome: Activity["outcome"] | "superseded" | "gave_up";
  /** Null where nothing was begun. */
  durationMs: number | null;
}

/** Somebody waited for another's attempt. */
export interface WaitObservation {
  reason: RefreshReason;
  durationMs: number;
}

// Node's channels are one for the whole process, although what Next bundles is another instance of this module.
const attempts = channel("bifrost:refresh-attempt");
const waits = channel("bifrost:refresh-wait");

export function observeAttempt(observation: AttemptObservation): void {
  attempts.publish(observation);
}

export function observeWait(observation: WaitObservation): void {
  waits.publish(observation);
}

/** Calls for everything that is observed in this process from now on. */
export function onObservation(listeners: {
  attempt: (observation: AttemptObservation) => void;
  wait: (observation: WaitObservation) => void;
}): void {
  attempts.subscribe((message) => listeners.attempt(message as AttemptObservation));
  waits.subscribe((message) => listeners.wait(message as WaitObservation));
}
