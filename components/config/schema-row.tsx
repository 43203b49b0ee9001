import { GripVertical, Trash2 } from "lucide-react";
import type { ComponentProps } from "react";
import { nameOfDraft, type Draft } from "@/components/config/schema-draft";
import { Checkbox } from "@/components/ui/checkbox";
import { classNames } from "@/components/ui/class-names";
import { Field } from "@/components/ui/field";
import { IconButton, iconButtonClass } from "@/components/ui/icon-button";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import type { ConfigFieldType } from "@/lib/integrations/rules";

/** The columns of the editor from 1024 px; the header above the rows shares them. */
export const SCHEMA_COLUMNS =
  "lg:grid-cols-[2rem_minmax(9rem,1fr)_7rem_6.5rem_minmax(10rem,1.7fr)_2rem] lg:gap-x-3";

const TYPES: { value: ConfigFieldType; label: string }[] = [
  { value: "string", label: "string" },
  { value: "int", label: "int" },
  { value: "bool", label: "bool" },
  { value: "json", label: "json" },
  { value: "secret", label: "secret" },
];

/** On wide screens the column says it; read out it is always. */
const QUIET_LABEL = "lg:[&>div:first-child]:sr-only";

export interface SchemaRowProps {
  draft: Draft;
  index: number;
  errors: (path: string) => readonly string[];
  isDragged: boolean;
  handleProps: ComponentProps<"button">;
  onChange: (change: Partial<Draft>) => void;
  onRemove: () => void;
}

/** One field of the schema in the editor: a line on a wide screen, a block on a phone. */
export function SchemaRow(props: SchemaRowProps) {
  const { draft, index, errors, isDragged, handleProps, onChange, onRemove } = props;
  const name = nameOfDraft(draft, index);
  const path = `fields.${index}`;
  return (
    <li
      className={classNames(
        "grid items-start gap-x-2 gap-y-2.5 border-b px-4 py-2.5 last:border-b-0 max-lg:grid-cols-[2.75rem_minmax(0,1fr)_2.75rem] max-lg:py-4",
        SCHEMA_COLUMNS,
        isDragged && "bg-hover",
      )}
    >
      <input type="hidden" name="uid" value={draft.uid} />
      <button
        type="button"
        {...handleProps}
        aria-label={`Move ${name}`}
        aria-describedby="schema-move-hint"
        title="Drag, or press the arrow keys"
        className={classNames(
          iconButtonClass,
          "cursor-grab! touch-none active:cursor-grabbing! max-lg:mt-5.5",
        )}
      >
        <GripVertical aria-hidden />
      </button>
      <Field
        label="Key"
        id={`schema-key-${draft.uid}`}
        error={[...errors(`${path}.key`), ...errors(`${path}.id`)]}
        className={QUIET_LABEL}
      >
        <Input
          mono
          name="key"
          aria-label={`Key of field ${index + 1}`}
          autoComplete="off"
          placeholder="base_url"
          value={draft.key}
          onChange={(event) => onChange({ key: event.target.value })}
        />
      </Field>
      <IconButton
        label={`Remove ${name}`}
        icon={<Trash2 aria-hidden />}
        onClick={onRemove}
        className="max-lg:mt-5.5 lg:order-last"
      />
      <div className="max-lg:col-span-3 max-lg:grid max-lg:grid-cols-2 max-lg:items-end max-lg:gap-3 lg:contents">
        <Field
          label="Type"
          id={`schema-type-${draft.uid}`}
          error={errors(`${path}.type`)}
          className={QUIET_LABEL}
        >
          <Select
            name="type"
            aria-label={`Type of ${name}`}
            options={TYPES}
            value={draft.type}
            onChange={(event) => {
              const type = TYPES.find(({ value }) => value === event.target.value);
              if (type) onChange({ type: type.value });
            }}
          />
        </Field>
        <Checkbox
          name={`required-${draft.uid}`}
          label="Required"
          aria-label={`Required: ${name}`}
          checked={draft.required}
          onChange={(event) => onChange({ required: event.target.checked })}
          className="lg:pt-0.5"
        />
      </div>
      <Field
        label="Description"
        id={`schema-description-${draft.uid}`}
        error={errors(`${path}.description`)}
        className={classNames(QUIET_LABEL, "max-lg:col-span-3")}
      >
        <Input
          name="description"
          aria-label={`Description of ${name}`}
          autoComplete="off"
          value={draft.description}
          onChange={(event) => onChange({ description: event.target.value })}
        />
      </Field>
    </li>
  );
}
