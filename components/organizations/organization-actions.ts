import type { ActionResult } from "@/components/integrations/action-result";
import type { FormAction } from "@/components/patterns/form-state";

/** The server actions that the organizations' screen calls. */
export interface OrganizationActions {
  create: FormAction<null>;
  rename: FormAction<null>;
  deactivate: (id: string) => Promise<ActionResult<null>>;
  reactivate: (id: string) => Promise<ActionResult<null>>;
}
