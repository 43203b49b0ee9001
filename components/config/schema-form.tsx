"use client";

import { Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { changesInWords } from "@/components/config/change-words";
import type { ConfigurationActions } from "@/components/config/configuration-actions";
import { FormBar } from "@/components/config/form-bar";
import { draftsOf, moved, nameOfDraft, newDraft, type Draft } from "@/components/config/schema-draft";
import { SCHEMA_COLUMNS, SchemaRow } from "@/components/config/schema-row";
import { useFormDirty } from "@/components/config/use-form-dirty";
import { useReorder } from "@/components/config/use-reorder";
import { useSave } from "@/components/config/use-save";
import type { VersionChain } from "@/components/config/use-version-chain";
import type { ActionFailure } from "@/components/integrations/action-result";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import { useHydrated } from "@/components/integrations/use-hydrated";
import { UnsavedChanges } from "@/components/patterns/unsaved-changes";
import { Alert } from "@/components/ui/alert";
import { announce } from "@/components/ui/announce";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { toastSuccess } from "@/components/ui/toast";
import { OpenedOnce } from "@/components/ui/opened-once";
import type { FieldChange } from "@/lib/config/schema";

const ReviewDialog = lazy(async () => ({
  default: (await import("@/components/config/review-dialog")).ReviewDialog,
}));

const SchemaConflict = lazy(async () => ({
  default: (await import("@/components/config/schema-conflict")).SchemaConflict,
}));

const FORM_ID = "config-schema";
const ADD_ID = "schema-add-field";

export interface SchemaFormProps {
  actions: ConfigurationActions;
  versions: VersionChain;
}

/** The config schema's editor. It starts from the version it was opened with, whatever others save meanwhile. */
export function SchemaForm({ actions, versions }: SchemaFormProps) {
  const { view, gone, connection } = useIntegrationScreen();
  const hydrated = useHydrated();
  const [base, setBase] = useState(view);
  const [drafts, setDrafts] = useState(() => draftsOf(view.configFields));
  const [round, setRound] = useState(0);
  const [review, setReview] = useState<{ version: number; changes: FieldChange[] } | null>(null);
  const dirty = useFormDirty(FORM_ID, `${hydrated} ${round}`);
  const save = useSave(FORM_ID);
  const { list, dragged, handleProps } = useReorder({
    count: drafts.length,
    move: (from, to) => setDrafts((before) => moved(before, from, to)),
    nameAt: (index) => nameOfDraft(drafts[index] ?? newDraft(), index),
  });
  if (!dirty && !save.pending && view.version !== base.version) startOver();

  function startOver() {
    setBase(view);
    setDrafts(draftsOf(view.configFields));
    setRound((before) => before + 1);
    save.clear();
  }

  async function submit(version: number) {
    const looked = await save.run(() =>
      actions.preview({ integrationId: view.id, version, fields: fieldsOf(drafts) }),
    );
    if (!looked) {
      await connection.refresh();
      return;
    }
    if (changesInWords(looked.value).length > 0) setReview({ version, changes: looked.value });
    else await store(version, []);
  }

  async function store(version: number, accepted: FieldChange[]) {
    const acceptDrops = accepted.flatMap(({ id, dropped: { values } }) => (id ? [{ id, values }] : []));
    const input = { integrationId: view.id, version, fields: fieldsOf(drafts), acceptDrops };
    const saved = await save.run(() => actions.saveSchema(input));
    setReview(null);
    if (!saved) {
      await connection.refresh();
      return;
    }
    versions.advance(version, saved.value.version);
    await connection.refresh();
    setRound((before) => before + 1);
    toastSuccess("Config Schema saved");
  }

  const { failure } = save;
  return (
    <form
      id={FORM_ID}
      noValidate
      aria-label="Config Schema"
      className="rounded-lg border bg-surface"
      onSubmit={(event) => {
        event.preventDefault();
        if (!gone) void submit(versions.newest(base.version));
      }}
    >
      {hydrated && <UnsavedChanges form={FORM_ID} savedAt={round} />}
      <header className="border-b px-4 py-2.5">
        <h2 className="font-medium">Config Schema</h2>
        <p className="text-sm text-muted">
          The typed values that scripts get with this integration. Each has a default below, and organizations
          may override it.
        </p>
      </header>
      {failure && (
        <div className="px-4 pt-3">
          {failure.code === "conflict" && view.version !== versions.newest(base.version) ? (
            <Suspense>
              <SchemaConflict
                theirs={view.configFields}
                pending={save.pending}
                onTakeTheirs={startOver}
                onSaveAnyway={() => void submit(view.version)}
              />
            </Suspense>
          ) : (
            <Alert tone="danger" title="The Config Schema was not saved" live>
              {wordsOf(failure)} Everything you typed is still here.
            </Alert>
          )}
        </div>
      )}
      <p id="schema-move-hint" className="sr-only">
        Arrow up and arrow down move the field.
      </p>
      <fieldset disabled={!hydrated || gone} className="contents">
        {drafts.length > 0 ? (
          <>
            <div
              aria-hidden
              className={classNames(
                "grid border-b px-4 py-2 text-sm font-medium text-muted max-lg:hidden",
                SCHEMA_COLUMNS,
              )}
            >
              <span className="col-start-2">Key</span>
              <span>Type</span>
              <span>Required</span>
              <span>Description</span>
            </div>
            <ol ref={list} aria-label="Fields in their order">
              {drafts.map((draft, index) => (
                <SchemaRow
                  key={draft.uid}
                  draft={draft}
                  index={index}
                  errors={save.errorsOf}
                  isDragged={dragged === index}
                  handleProps={handleProps(index)}
                  onChange={(change) => edit(draft.uid, change)}
                  onRemove={() => remove(draft, index)}
                />
              ))}
            </ol>
          </>
        ) : (
          <p className="px-4 py-6 text-muted">
            No fields yet. Add the first: a base URL, an API key, a timeout.
          </p>
        )}
        <div className="border-t px-4 py-2.5">
          <Button id={ADD_ID} size="sm" icon={<Plus aria-hidden />} onClick={add}>
            Add field
          </Button>
        </div>
      </fieldset>
      <FormBar
        label="Save schema"
        dirty={dirty}
        pending={save.pending}
        disabled={gone || !hydrated}
        onDiscard={startOver}
      />
      <OpenedOnce open={review !== null}>
        <ReviewDialog
          changes={review?.changes ?? null}
          pending={save.pending}
          onCancel={() => setReview(null)}
          onConfirm={() => review && void store(review.version, review.changes)}
        />
      </OpenedOnce>
    </form>
  );

  function edit(uid: string, change: Partial<Draft>) {
    setDrafts((before) => before.map((draft) => (draft.uid === uid ? { ...draft, ...change } : draft)));
  }

  function add() {
    const draft = newDraft();
    setDrafts((before) => [...before, draft]);
    focusSoon(`schema-key-${draft.uid}`);
  }

  function remove(draft: Draft, index: number) {
    setDrafts((before) => before.filter(({ uid }) => uid !== draft.uid));
    announce(`${nameOfDraft(draft, index)} removed`);
    const next = drafts[index + 1] ?? drafts[index - 1];
    focusSoon(next ? `schema-key-${next.uid}` : ADD_ID);
  }
}

/** What belongs to one field stands beside it; here stands the rest. */
function wordsOf({ code, message, fieldErrors }: ActionFailure): string {
  if (code === "conflict") return message;
  const { fields, ...named } = fieldErrors;
  if (fields) return fields.join(" ");
  return Object.keys(named).length > 0 ? "Look at the fields marked." : message;
}

/** After React has drawn what is to take the focus. */
function focusSoon(id: string) {
  requestAnimationFrame(() => document.getElementById(id)?.focus());
}

function fieldsOf(drafts: readonly Draft[]) {
  return drafts.map(({ uid: _uid, ...field }) => field);
}
