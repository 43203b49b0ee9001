"use client";

import { useState } from "react";
import { FormBar } from "@/components/config/form-bar";
import { readTypedValues, textInControl } from "@/components/config/typed-values";
import { useFormDirty } from "@/components/config/use-form-dirty";
import { useSave } from "@/components/config/use-save";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import { useHydrated } from "@/components/integrations/use-hydrated";
import { EntityFields } from "@/components/mappings/entity-fields";
import type { MappingActions } from "@/components/mappings/mapping-actions";
import { OverrideRow } from "@/components/mappings/override-row";
import { UnsavedChanges } from "@/components/patterns/unsaved-changes";
import { Alert } from "@/components/ui/alert";
import { toastSuccess } from "@/components/ui/toast";
import type { EffectiveValue, MappingView } from "@/lib/mappings/schema";

const FORM_ID = "mapping";
const PREFIX = "config.";

export interface MappingFormProps {
  view: MappingView;
  actions: MappingActions;
  refresh: () => Promise<void>;
}

/** Who the organization is at the service, and its overrides. Only what was changed is sent; what is typed stays. */
export function MappingForm({ view: mapping, actions, refresh }: MappingFormProps) {
  const { view, gone } = useIntegrationScreen();
  const hydrated = useHydrated();
  const { effective, can } = mapping;
  const { id: organizationId = "", name = "" } = effective.organization ?? {};
  /** What was typed: `entityId`, `entityName`, and for config fields by their id. */
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const [round, setRound] = useState(0);
  const dirty = useFormDirty(FORM_ID, `${hydrated} ${round}`);
  const save = useSave(FORM_ID);
  const set = (name: string) => (text: string) => setTyped((before) => ({ ...before, [name]: text }));

  const stored = { entityId: mapping.mapping?.entityId ?? "", entityName: mapping.mapping?.entityName ?? "" };
  const entityId = typed["entityId"] ?? stored.entityId;
  const entityName = typed["entityName"] ?? stored.entityName;
  const fields = effective.values.map((value) => ({
    ...value,
    before: textOf(value),
    text: typed[value.fieldId] ?? textOf(value),
  }));

  function discard() {
    setTyped({});
    setRound((before) => before + 1);
    save.clear();
  }

  async function submit() {
    const element = document.getElementById(FORM_ID);
    if (!(element instanceof HTMLFormElement)) return;
    const { values, errors } = readTypedValues(fields, new FormData(element), PREFIX);
    if (Object.keys(errors).length > 0) {
      save.refuseFields(
        Object.fromEntries(Object.entries(errors).map(([key, message]) => [`${PREFIX}${key}`, [message]])),
      );
      return;
    }
    const saved = await save.run(() =>
      actions.save({
        integrationId: view.id,
        organizationId,
        ...(entityId === stored.entityId ? {} : { entityId: entityId.trim() || null }),
        ...(entityName === stored.entityName ? {} : { entityName: entityName.trim() || null }),
        ...(Object.keys(values).length > 0 ? { config: values } : {}),
      }),
    );
    if (!saved) return;
    await refresh();
    setTyped({});
    setRound((before) => before + 1);
    toastSuccess(mapping.mapping ? `Mapping of ${name} saved` : `${name} is mapped`);
  }

  const { failure } = save;
  const toMend = Object.keys(failure?.fieldErrors ?? {}).map(labelOf);
  return (
    <form
      id={FORM_ID}
      noValidate
      aria-label={`Mapping of ${name}`}
      className="rounded-lg border bg-surface"
      onSubmit={(event) => {
        event.preventDefault();
        if (!gone) void submit();
      }}
    >
      {hydrated && <UnsavedChanges form={FORM_ID} savedAt={round} />}
      <h3 className="border-b px-4 py-2.5 font-medium">Entity</h3>
      {failure && (
        <Alert
          tone="danger"
          title={toMend.length > 0 ? "Not saved: look at the fields marked" : "The mapping was not saved"}
          live
          className="mx-4 mt-3"
        >
          {toMend.length > 0 ? `${toMend.join(", ")}.` : failure.message} Everything you typed is still here.
        </Alert>
      )}
      <fieldset disabled={!hydrated || gone || !can.write} className="contents">
        <EntityFields
          mapping={mapping}
          entityId={entityId}
          entityName={entityName}
          onEntityId={set("entityId")}
          onEntityName={set("entityName")}
          errorsOf={save.errorsOf}
        />
        {fields.length > 0 && (
          <section aria-label="Overrides">
            <header className="border-y px-4 py-2.5">
              <h3 className="font-medium">Overrides</h3>
              <p className="text-sm text-muted">
                Each replaces the default for {name} alone, the whole value. Left blank, the default stands.
              </p>
            </header>
            {fields.map((field) => (
              <OverrideRow
                key={`${field.fieldId} ${field.type} ${round}`}
                field={field}
                name={`${PREFIX}${field.key}`}
                text={field.text}
                onText={set(field.fieldId)}
                maySteer={can.steer}
                error={save.errorsOf(`${PREFIX}${field.key}`)}
              />
            ))}
          </section>
        )}
      </fieldset>
      {can.write ? (
        <FormBar
          label={mapping.mapping ? "Save" : "Add Mapping"}
          dirty={dirty || !mapping.mapping}
          pending={save.pending}
          disabled={gone || !hydrated}
          onDiscard={discard}
        />
      ) : (
        <p className="border-t px-4 py-2.5 text-sm text-muted">
          You can look at this mapping. Ask somebody whose role may change it.
        </p>
      )}
    </form>
  );
}

function textOf({ type, value, hasOverride }: EffectiveValue): string {
  return hasOverride && type !== "secret" ? textInControl(type, value) : "";
}

function labelOf(path: string): string {
  if (path === "entityId") return "Entity ID";
  return path === "entityName" ? "Entity name" : path.replace(/^config\./, "");
}
