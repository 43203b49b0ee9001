import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Alert } from "@/components/ui/alert";
import type { MappingView } from "@/lib/mappings/schema";

export interface EntityFieldsProps {
  mapping: MappingView;
  entityId: string;
  entityName: string;
  onEntityId: (text: string) => void;
  onEntityName: (text: string) => void;
  errorsOf: (path: string) => readonly string[];
}

const STEERS = "Only the provider may change it: it decides whose token your organization gets.";

/** The customer as the service knows it. */
export function EntityFields(props: EntityFieldsProps) {
  const { mapping, entityId, entityName, onEntityId, onEntityName, errorsOf } = props;
  const { defaultEntityId, sharesEntityWith, can } = mapping;
  const isSteered = can.write && !can.steer;
  const fallback = defaultEntityId === null ? "" : ` Left blank: the default, ${defaultEntityId}.`;
  return (
    <div className="flex flex-col gap-3 p-4">
      <div className="grid gap-x-5 gap-y-3.5 lg:grid-cols-2">
        <Field
          label="Entity ID"
          id="mapping-entity-id"
          error={errorsOf("entityId")}
          hint={
            isSteered ? STEERS : `The customer's ID at this service, e.g. a tenant or client ID.${fallback}`
          }
        >
          <Input
            mono
            name="entityId"
            autoComplete="off"
            disabled={!can.steer}
            placeholder={defaultEntityId ?? undefined}
            value={entityId}
            onChange={(event) => onEntityId(event.target.value)}
          />
        </Field>
        <Field
          label="Entity name"
          id="mapping-entity-name"
          error={errorsOf("entityName")}
          hint="What the service calls the customer; for people only."
        >
          <Input
            name="entityName"
            autoComplete="off"
            value={entityName}
            onChange={(event) => onEntityName(event.target.value)}
          />
        </Field>
      </div>
      {sharesEntityWith.length > 0 && (
        <Alert tone="warning" title="This entity ID is not this organization's alone">
          {new Intl.ListFormat("en").format(sharesEntityWith)}{" "}
          {sharesEntityWith.length === 1 ? "has" : "have"} it too: looking a mapping up by this entity ID
          finds several, and is refused.
        </Alert>
      )}
    </div>
  );
}
