import { z } from "zod";
import { storable } from "@/lib/storable";
import type { WebhookFormat } from "./rules";
import { WEBHOOK_EVENT_TYPES, WEBHOOK_FORMATS } from "./rules";

const name = storable(z.string({ error: "Enter a name that says who is told." }))
  .trim()
  .min(1, "Enter a name that says who is told.")
  .max(100, "Shorten the name to at most 100 characters.");

const url = storable(z.string({ error: "Enter the URL that takes the events." }))
  .trim()
  .min(1, "Enter the URL that takes the events.")
  .max(2_000, "Shorten the URL to at most 2,000 characters.");

const events = z
  .array(z.enum(WEBHOOK_EVENT_TYPES, { error: `Choose from ${WEBHOOK_EVENT_TYPES.join(", ")}.` }), {
    error: "Choose at least one event.",
  })
  .min(1, "Choose at least one event.")
  .transform((chosen) => WEBHOOK_EVENT_TYPES.filter((type) => chosen.includes(type)));

export const createWebhookSchema = z.object({
  name,
  url,
  format: z.enum(WEBHOOK_FORMATS, { error: "Choose a format." }),
  events,
});

export const updateWebhookSchema = z.object({
  id: z.uuid(),
  name,
  /** Blank or left out: it stays as it is. */
  url: z
    .literal("")
    .transform(() => undefined)
    .or(url)
    .optional(),
  events,
});

export const webhookIdSchema = z.object({ id: z.uuid() });
export const deleteWebhookSchema = z.object({ id: z.uuid(), confirmName: storable(z.string()) });

/** An endpoint as screens show it: its URL and its secret never come back. */
export interface WebhookSummary {
  id: string;
  name: string;
  format: WebhookFormat;
  events: string[];
  urlHint: string;
  isEnabled: boolean;
  disabledReason: string | null;
  disabledAt: string | null;
  failingSince: string | null;
  lastDeliveredAt: string | null;
}

export interface WebhookView extends WebhookSummary {
  secretSetAt: string | null;
  secretSetBy: string | null;
  /** Until when the former secret signs as well; null: it does not any more. */
  previousSecretUntil: string | null;
  createdAt: string;
  createdBy: string | null;
}

export interface AttemptRow {
  id: string;
  occurredAt: string;
  durationMs: number;
  isSuccess: boolean;
  httpStatus: number | null;
  failure: string | null;
  answer: string | null;
}

export interface DeliveryRow {
  id: string;
  eventId: string;
  type: string;
  occurredAt: string;
  integrationName: string | null;
  organizationName: string | null;
  status: "pending" | "delivered" | "failed";
  /** Somebody is at it. */
  isUnderWay: boolean;
  nextTryAt: string | null;
  /** The latest first. */
  attempts: AttemptRow[];
}

export interface DeliveryPage {
  rows: DeliveryRow[];
  total: number;
  page: number;
  pageCount: number;
}

export const DELIVERY_PAGE_SIZE = 20;

/** What came of a try that somebody asked for. */
export interface TryOutcome {
  isSuccess: boolean;
  message: string;
}
