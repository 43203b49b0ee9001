"use client";

import { lazy, Suspense, useState } from "react";
import type { ConfigurationActions } from "@/components/config/configuration-actions";
import { FormBar } from "@/components/config/form-bar";
import { urlsUsing } from "@/components/config/template-use";
import { TypedControl } from "@/components/config/typed-control";
import { readTypedValues } from "@/components/config/typed-values";
import { useFormDirty } from "@/components/config/use-form-dirty";
import { useSave } from "@/components/config/use-save";
import type { VersionChain } from "@/components/config/use-version-chain";
import { ValueRow } from "@/components/config/value-row";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import { useHydrated } from "@/components/integrations/use-hydrated";
import { UnsavedChanges } from "@/components/patterns/unsaved-changes";
import { Alert } from "@/components/ui/alert";
import { toastSuccess } from "@/components/ui/toast";
import type { ConfigFieldView } from "@/lib/integrations/schema";

const DefaultsConflict = lazy(async () => ({
  default: (await import("@/components/config/defaults-conflict")).DefaultsConflict,
}));

const FORM_ID = "config-defaults";
const PREFIX = "values.";

export interface DefaultsFormProps {
  actions: ConfigurationActions;
  versions: VersionChain;
}

/** The defaults of all config fields. What is not touched here follows what others save; what is typed stays. */
export function DefaultsForm({ actions, versions }: DefaultsFormProps) {
  const { view, gone, connection } = useIntegrationScreen();
  const hydrated = useHydrated();
  /** What was typed, by the field's id. */
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  /** The version that was on screen when typing began. */
  const [base, setBase] = useState(view.version);
  const [round, setRound] = useState(0);
  const [notice, setNotice] = useState<string | null>(null);
  const dirty = useFormDirty(FORM_ID, `${hydrated} ${round}`);
  const save = useSave(FORM_ID);
  if (!dirty && !save.pending && view.version !== base) {
    setBase(view.version);
    setTyped({});
    setRound((before) => before + 1);
  }

  const fields = view.configFields.map((field) => ({
    ...field,
    before: textOf(field),
    text: typed[field.id] ?? textOf(field),
  }));

  function discard() {
    setTyped({});
    setBase(view.version);
    setRound((before) => before + 1);
    save.clear();
    setNotice(null);
  }

  async function submit(version: number) {
    const element = document.getElementById(FORM_ID);
    if (!(element instanceof HTMLFormElement)) return;
    const { values, errors } = readTypedValues(fields, new FormData(element), PREFIX);
    if (Object.keys(errors).length > 0) {
      save.refuseFields(
        Object.fromEntries(Object.entries(errors).map(([key, message]) => [`${PREFIX}${key}`, [message]])),
      );
      return;
    }
    const saved = await save.run(() => actions.saveDefaults({ integrationId: view.id, version, values }));
    if (!saved) {
      // Where somebody else saved meanwhile, what they have is shown beside what was typed.
      await connection.refresh();
      return;
    }
    versions.advance(version, saved.value.version);
    setNotice(saved.value.notice);
    await connection.refresh();
    setTyped({});
    setRound((before) => before + 1);
    toastSuccess("Defaults saved");
  }

  const { failure } = save;
  const isConflict = failure?.code === "conflict" && view.version !== versions.newest(base);
  const toMend = Object.keys(failure?.fieldErrors ?? {}).map((path) => path.slice(PREFIX.length));
  return (
    <form
      id={FORM_ID}
      noValidate
      aria-label="Defaults"
      className="rounded-lg border bg-surface"
      onSubmit={(event) => {
        event.preventDefault();
        if (!gone) void submit(versions.newest(base));
      }}
    >
      {hydrated && <UnsavedChanges form={FORM_ID} savedAt={round} />}
      <header id="defaults" className="scroll-mt-4 border-b px-4 py-2.5">
        <h2 className="font-medium">Defaults</h2>
        <p className="text-sm text-muted">
          What every organization gets that has no override of its own. A required field without a default is
          missing wherever it is not overridden.
        </p>
      </header>
      {notice && (
        <Alert tone="warning" title="Saved, and more happened" live className="mx-4 mt-3">
          {notice}
        </Alert>
      )}
      {failure && (
        <div className="px-4 pt-3">
          {isConflict ? (
            <Suspense>
              <DefaultsConflict
                fields={fields.filter(({ before, text }) => before !== text)}
                pending={save.pending}
                onSaveAnyway={() => void submit(view.version)}
              />
            </Suspense>
          ) : (
            <Alert
              tone="danger"
              title={
                toMend.length > 0 ? "Not saved: look at the fields marked" : "The defaults were not saved"
              }
              live
            >
              {toMend.length > 0 ? `${toMend.join(", ")}.` : failure.message} Everything you typed is still
              here.
            </Alert>
          )}
        </div>
      )}
      <fieldset disabled={!hydrated || gone} className="contents">
        {fields.map((field) => (
          <ValueRow key={field.id} field={field} isMissing={field.required && field.set === null}>
            <div className="max-w-xl">
              <TypedControl
                key={`${field.type} ${round}`}
                type={field.type}
                label={field.key}
                name={`${PREFIX}${field.key}`}
                text={field.text}
                onText={(text) => setTyped((before) => ({ ...before, [field.id]: text }))}
                stored={field.type === "secret" ? field.set : null}
                unset="Not set"
                placeholder="Not set"
                hint={hintFor(urlsUsing(field.key, view))}
                error={save.errorsOf(`${PREFIX}${field.key}`)}
              />
            </div>
          </ValueRow>
        ))}
      </fieldset>
      <FormBar
        label="Save defaults"
        dirty={dirty}
        pending={save.pending}
        disabled={gone || !hydrated}
        onDiscard={discard}
      />
    </form>
  );
}

function textOf({ type, value }: ConfigFieldView): string {
  if (type === "json" && value !== null) return JSON.stringify(JSON.parse(value), null, 2);
  return value ?? "";
}

function hintFor(labels: string[]): string | undefined {
  if (labels.length === 0) return undefined;
  return `Stands in the ${new Intl.ListFormat("en").format(labels)}. A change that leads to another host clears the Client Secret and asks for a new consent.`;
}
