import { setTimeout as sleep } from "node:timers/promises";
import type { Services } from "@/lib/auth/context";
import { isDatabaseUnavailable } from "@/lib/db/unavailable";
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
): { stop: () => Promise<void> } {
  const controller = new AbortController();
  const { signal } = controller;
  const look = async () => {
    while (!signal.aborted) {
      const began = performance.now();
      try {
        await provideTokens(services, signal);
      } catch (error) {
        if (!isDatabaseUnavailable(error)) onError(error);
      }
      const pauseMs = Math.max(everyMs, (performance.now() - began) / SHARE);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  };
  const looking = look();
  return {
    async stop() {
      controller.abort();
      await looking;
    },
  };
}
