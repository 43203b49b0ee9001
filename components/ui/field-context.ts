"use client";

import { createContext, useContext } from "react";

export interface FieldContextValue {
  id: string;
  describedBy: string | undefined;
  invalid: boolean;
  required: boolean;
}

export const FieldContext = createContext<FieldContextValue | null>(null);

interface ControlProps {
  id?: string;
  required?: boolean;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean | "true" | "false" | "grammar" | "spelling";
}

/** What a control takes from the `Field` around it: its id, its hint and error, and whether it must be filled. */
export function useFieldControl(own: ControlProps) {
  const field = useContext(FieldContext);
  return {
    id: own.id ?? field?.id,
    required: undefined,
    "aria-required": (own.required ?? field?.required) || undefined,
    "aria-describedby": field?.describedBy ?? own["aria-describedby"],
    "aria-invalid": own["aria-invalid"] ?? (field?.invalid || undefined),
  };
}
