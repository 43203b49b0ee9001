import type { ActionResult } from "@/components/integrations/action-result";
import type { TryOutcome } from "@/lib/webhooks/schema";

/** What a webhook's own screen can do; server actions, given by the page. */
export interface WebhookActions {
  test: (id: string) => Promise<ActionResult<TryOutcome>>;
  enable: (id: string) => Promise<ActionResult<null>>;
  disable: (id: string) => Promise<ActionResult<null>>;
  rotateSecret: (id: string) => Promise<ActionResult<{ secret: string; previousUntil: string }>>;
  remove: (id: string, confirmName: string) => Promise<ActionResult<null>>;
}

export type RedeliverAction = (deliveryId: string) => Promise<ActionResult<TryOutcome>>;

export const UNREACHABLE = "The server could not be reached. Check the connection and try again.";
