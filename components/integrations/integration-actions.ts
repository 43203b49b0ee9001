import type { ActionResult } from "@/components/integrations/action-result";

export interface TestOutcome {
  ok: boolean;
  /** What it went by: the service's answer to the token or values, or to a request without; else what is known here. */
  basis: "answer" | "reach" | "token" | "values";
  message: string;
  status: number | null;
  contentType: string | null;
  bodyStart: string | null;
}

/**
 * The server actions that an integration's screens call; pages hand them down, since components import no screen. Those about
 * a connection mean the default one, or with an organization's id that organization's own.
 */
export interface IntegrationActions {
  connect: (
    integrationId: string,
    organizationId?: string,
  ) => Promise<ActionResult<{ kind: "redirect"; url: string } | { kind: "connected" }>>;
  cancelConsent: (integrationId: string, organizationId?: string) => Promise<ActionResult<null>>;
  acceptAccount: (integrationId: string, organizationId?: string) => Promise<ActionResult<null>>;
  keepAccount: (integrationId: string, organizationId?: string) => Promise<ActionResult<null>>;
  disconnect: (
    integrationId: string,
    organizationId?: string,
  ) => Promise<ActionResult<{ revoked: boolean; message: string | null }>>;
  refresh: (integrationId: string, organizationId?: string) => Promise<ActionResult<null>>;
  test: (integrationId: string, organizationId?: string) => Promise<ActionResult<TestOutcome>>;
  save: (form: FormData) => Promise<ActionResult<{ version: number; notice: string | null }>>;
  remove: (integrationId: string, confirmName: string) => Promise<ActionResult<null>>;
  createKey: (integrationId: string) => Promise<ActionResult<{ name: string; key: string }>>;
}

export type ConnectAction = IntegrationActions["connect"];
