import type { ActionResult } from "@/components/integrations/action-result";
import type { ServerFormAction } from "@/components/patterns/use-server-form";

/** The server actions that the organizations' screen calls. */
export interface OrganizationActions {
  create: ServerFormAction<null>;
  rename: ServerFormAction<null>;
  deactivate: (id: string) => Promise<ActionResult<null>>;
  reactivate: (id: string) => Promise<ActionResult<null>>;
}
