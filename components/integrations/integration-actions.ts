import type { ActionResult } from "@/components/integrations/action-result";

export interface TestOutcome {
  ok: boolean;
  message: string;
  status: number | null;
  contentType: string | null;
  bodyStart: string | null;
}

/** The server actions that an integration's screens call; pages hand them down, since components import no screen. */
export interface IntegrationActions {
  connect: (
    integrationId: string,
  ) => Promise<ActionResult<{ kind: "redirect"; url: string } | { kind: "connected" }>>;
  cancelConsent: (integrationId: string) => Promise<ActionResult<null>>;
  acceptAccount: (integrationId: string) => Promise<ActionResult<null>>;
  keepAccount: (integrationId: string) => Promise<ActionResult<null>>;
  disconnect: (integrationId: string) => Promise<ActionResult<{ revoked: boolean; message: string | null }>>;
  test: (integrationId: string) => Promise<ActionResult<TestOutcome>>;
  save: (form: FormData) => Promise<ActionResult<{ version: number; notice: string | null }>>;
  remove: (integrationId: string, confirmName: string) => Promise<ActionResult<null>>;
  createKey: (integrationId: string) => Promise<ActionResult<{ name: string; key: string }>>;
}

export type ConnectAction = IntegrationActions["connect"];
