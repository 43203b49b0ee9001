"use client";

import { useState } from "react";
import { labelOf } from "@/components/integrations/field-labels";
import { changedFields, type FormValues } from "@/components/integrations/form-values";
import type { IntegrationForm } from "@/components/integrations/use-integration-form";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Table, RowGroup, Td, Th, Thead, Tr } from "@/components/ui/table";

export interface ConflictPanelProps {
  form: IntegrationForm;
  /** The form as it would be filled from what is stored now. */
  theirs: FormValues;
  /** Saves, `over` winning over what is typed. */
  onSave: (over: FormValues) => void;
}

/** Somebody saved meanwhile: what they saved can be seen, and what was typed here can be saved over it. */
export function ConflictPanel({ form, theirs, onSave }: ConflictPanelProps) {
  const [shown, setShown] = useState(false);
  const mine = new Set(changedFields(form.values, form.baseline));
  const changedByThem = changedFields(theirs, form.baseline);
  // What was not touched here keeps what they saved, so that saving anyway undoes nothing by accident.
  const merged = Object.fromEntries(
    Object.entries(theirs).filter(([name]) => name === "version" || !mine.has(name)),
  );
  return (
    <Alert
      tone="warning"
      title="Somebody else saved this integration meanwhile"
      live
      action={
        <>
          <Button onClick={() => setShown(!shown)} aria-expanded={shown}>
            {shown ? "Hide theirs" : "Show theirs"}
          </Button>
          <Button pending={form.pending} onClick={() => onSave(merged)}>
            Save anyway
          </Button>
        </>
      }
    >
      <p>
        Nothing was saved, and all you typed is still here. Save anyway overwrites only the fields that you
        changed.
      </p>
      {shown && (
        <div className="mt-3 overflow-x-auto rounded-md border bg-surface text-ink">
          <Table caption="What they saved">
            <Thead>
              <Th>Field</Th>
              <Th>They saved</Th>
              <Th>You have</Th>
            </Thead>
            {changedByThem.map((name) => (
              <RowGroup key={name}>
                <Tr>
                  <Td>{labelOf(name)}</Td>
                  <Td label="They saved" className="wrap-anywhere">
                    {theirs[name] || "blank"}
                  </Td>
                  <Td label="You have" className="wrap-anywhere">
                    {mine.has(name) ? form.values[name] || "blank" : "not changed: theirs is kept"}
                  </Td>
                </Tr>
              </RowGroup>
            ))}
          </Table>
          {changedByThem.length === 0 && (
            <p className="p-3">They saved a secret, or the same values as before.</p>
          )}
        </div>
      )}
    </Alert>
  );
}
