import type { ActionResult } from "@/components/integrations/action-result";
import type { AcceptedDrops, ConfigFieldInput, FieldChange } from "@/lib/config/schema";
import type { JsonValue } from "@/lib/integrations/rules";

export interface SchemaInput {
  integrationId: string;
  /** The version of the integration that the form was filled from. */
  version: number;
  fields: ConfigFieldInput[];
}

/** The server actions of the Configuration tab. */
export interface ConfigurationActions {
  preview: (input: SchemaInput) => Promise<ActionResult<FieldChange[]>>;
  saveSchema: (
    input: SchemaInput & { acceptDrops: AcceptedDrops },
  ) => Promise<ActionResult<{ version: number }>>;
  saveDefaults: (input: {
    integrationId: string;
    version: number;
    values: Record<string, JsonValue>;
  }) => Promise<ActionResult<{ version: number; notice: string | null }>>;
}
