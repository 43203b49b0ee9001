import type { ActionResult } from "@/components/integrations/action-result";
import type { JsonValue } from "@/lib/integrations/rules";

interface MappingReference {
  integrationId: string;
  organizationId: string;
}

/** The server actions of the Mappings tab. */
export interface MappingActions {
  /** What is left out stays as it is; null clears. */
  save: (
    input: MappingReference & {
      entityId?: string | null;
      entityName?: string | null;
      config?: Record<string, JsonValue>;
    },
  ) => Promise<ActionResult<null>>;
  remove: (input: MappingReference) => Promise<ActionResult<null>>;
  setPolicy: (input: {
    integrationId: string;
    version: number;
    organizationPolicy: "default" | "derived" | "none";
    lendsDefaultToKeys: boolean;
  }) => Promise<ActionResult<null>>;
}
