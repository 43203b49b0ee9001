import { channel } from "node:diagnostics_channel";

/** One try of one delivery. */
export interface DeliveryObservation {
  outcome: "delivered" | "refused" | "no_answer";
  durationMs: number;
}

// Node's channels are one for the whole process, although what Next bundles is another instance of this module.
const deliveries = channel("bifrost:webhook-delivery");

export function observeDelivery(observation: DeliveryObservation): void {
  deliveries.publish(observation);
}

/** Calls for every try in this process from now on. */
export function onDelivery(listener: (observation: DeliveryObservation) => void): void {
  deliveries.subscribe((message) => listener(message as DeliveryObservation));
}
