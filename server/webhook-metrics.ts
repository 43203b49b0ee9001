import { Histogram, type Registry } from "prom-client";
import { onDelivery } from "@/lib/webhooks/observe-delivery";

/** What this process sends to webhooks. No label names one. */
export function addWebhookMetrics(registers: Registry[]): void {
  const tries = new Histogram({
    name: "bifrost_webhook_try_duration_seconds",
    help: "Tries to deliver an event to a webhook, by what came of them, and how long each took.",
    labelNames: ["outcome"],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    registers,
  });
  onDelivery(({ outcome, durationMs }) => tries.observe({ outcome }, durationMs / 1_000));
}
