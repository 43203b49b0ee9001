"use client";

import { useState, type ReactNode } from "react";
import { SecretField } from "@/components/patterns/secret-field";
import { TextControl } from "@/components/patterns/text-control";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Segmented } from "@/components/ui/segmented";
import { Textarea } from "@/components/ui/textarea";
import { parseTypedText } from "@/lib/config/rules";
import type { ConfigFieldType } from "@/lib/integrations/rules";
import type { SecretState } from "@/lib/integrations/schema";

export interface TypedControlProps {
  type: ConfigFieldType;
  /** The accessible name, exactly. */
  label: string;
  /** Submitted under this name. */
  name: string;
  /** What is typed; blank: not set. Of a secret the input alone knows. */
  text: string;
  onText: (text: string) => void;
  /** Of a secret: that it is set here. */
  stored: SecretState | null;
  /** What blank means: "Not set", "Use the default". */
  unset: string;
  placeholder?: string;
  hint?: ReactNode;
  error?: readonly string[];
}

/** The label stands beside the control already; read out it is always. */
const HIDDEN = { hideLabel: true } as const;

/** The control that fits a config field's type: text, number, on and off, JSON, secret. */
export function TypedControl(props: TypedControlProps) {
  const { type, label, name, text, onText, stored, unset, placeholder, hint, error } = props;
  if (type === "secret") {
    return (
      <SecretField
        {...HIDDEN}
        id={controlId(name)}
        label={label}
        multiline="pasted"
        name={name}
        stored={stored && { at: stored.setAt, by: stored.setBy }}
        hint={hint}
        error={error}
      />
    );
  }
  if (type === "json") return <JsonControl {...props} />;
  if (type === "bool") {
    return (
      <div className="flex flex-col gap-1">
        <Segmented
          {...HIDDEN}
          label={label}
          name={name}
          value={text}
          onChange={(event) => onText(event.target.value)}
          options={[
            { value: "true", label: "On" },
            { value: "false", label: "Off" },
            { value: "", label: unset },
          ]}
        />
        {hint && <p className="text-sm text-muted">{hint}</p>}
        {error && error.length > 0 && <p className="text-sm text-danger">{error.join(" ")}</p>}
      </div>
    );
  }
  const shared = { name, placeholder, value: text };
  return (
    <Field {...HIDDEN} label={label} id={controlId(name)} hint={hint} error={error}>
      {type === "string" ? (
        <TextControl {...shared} onText={onText} />
      ) : (
        <Input
          {...shared}
          mono
          // Not type=number: what a browser cannot read as one it would send as blank, which clears the value.
          inputMode="numeric"
          autoComplete="off"
          className="max-w-48"
          onChange={(event) => onText(event.target.value)}
        />
      )}
    </Field>
  );
}

export function controlId(name: string): string {
  return `typed-${name.replace(/\W/g, "-")}`;
}

/** JSON as text; where it breaks is said by line and column as soon as the field is left. */
function JsonControl({ label, name, text, onText, placeholder, hint, error = [] }: TypedControlProps) {
  const [left, setLeft] = useState(false);
  const judged = parseTypedText("json", text);
  const flaw = left && !judged.ok ? [judged.message] : [];
  return (
    <Field {...HIDDEN} label={label} id={controlId(name)} hint={hint} error={flaw.length > 0 ? flaw : error}>
      <Textarea
        name={name}
        mono
        rows={3}
        placeholder={placeholder}
        value={text}
        onBlur={() => setLeft(true)}
        onChange={(event) => onText(event.target.value)}
      />
    </Field>
  );
}
