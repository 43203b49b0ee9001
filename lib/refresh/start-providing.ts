import type { Services } from "@/lib/auth/context";
import { lookRepeatedly, type Ongoing } from "@/lib/jobs/look-repeatedly";
import { provideTokens } from "./provide-tokens";

export interface ProvidingOptions {
  /** The pause between two looks, in milliseconds; longer where a look takes long. */
  everyMs?: number;
  onError?: (error: unknown) => void;
}

/** A look takes at most this part of the time. */
const SHARE = 0.05;

/** Makes the connections of mappings whose tokens come by themselves, until stopped; the schedule fetches the tokens. */
export function startProviding(
  services: Services,
  { everyMs = 10_000, onError = () => undefined }: ProvidingOptions = {},
): Ongoing {
  return lookRepeatedly((signal) => provideTokens(services, signal), {
    pauseMs: (tookMs) => Math.max(everyMs, tookMs / SHARE),
    onError,
  });
}
