import type { ActionResult } from "@/components/integrations/action-result";
import type { FormAction } from "@/components/patterns/form-state";

/** A link that was just made; this is the only time that it is known. */
export interface NewSetupLink {
  email: string;
  setupUrl: string;
}

/** The server actions that the users' screens call. */
export interface UserActions {
  create: FormAction<NewSetupLink>;
  changeRole: FormAction<null>;
  renewLink: (id: string) => Promise<ActionResult<NewSetupLink>>;
  deactivate: (id: string) => Promise<ActionResult<null>>;
  reactivate: (id: string) => Promise<ActionResult<null>>;
}
