"use client";

import { lazy, Suspense, useEffect, useState } from "react";
import { FormFailure } from "@/components/integrations/form-failure";
import { type FormValues, NO_OAUTH, valuesOfIntegration } from "@/components/integrations/form-values";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import { SettingsFields } from "@/components/integrations/settings-fields";
import { SettingsWarnings } from "@/components/integrations/settings-warnings";
import { useHydrated } from "@/components/integrations/use-hydrated";
import { useIntegrationForm } from "@/components/integrations/use-integration-form";
import { UnsavedChanges } from "@/components/patterns/unsaved-changes";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { OpenedOnce } from "@/components/ui/opened-once";
import { toastSuccess } from "@/components/ui/toast";

const ConflictPanel = lazy(async () => ({
  default: (await import("@/components/integrations/conflict-panel")).ConflictPanel,
}));

const RemoveOAuthDialog = lazy(async () => ({
  default: (await import("@/components/integrations/remove-oauth-dialog")).RemoveOAuthDialog,
}));

const FORM_ID = "integration-settings";

/** An integration's settings. They start from the version they were opened with, whatever others save meanwhile. */
export function SettingsForm() {
  const { view, gone, actions, connection, setUnsaved } = useIntegrationScreen();
  const [base, setBase] = useState(view);
  const hydrated = useHydrated();
  /** A save that would take connections away, for which the name is asked: what wins over what is typed. */
  const [asked, setAsked] = useState<FormValues | null>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const [baseline, setBaseline] = useState(() => valuesOfIntegration(view));
  const form = useIntegrationForm({
    id: FORM_ID,
    baseline,
    save: async (data) => {
      setNotice(null);
      // Config values are saved on the Configuration tab; here they only tell where the URLs lead.
      for (const name of Object.keys(baseline)) if (name.startsWith("config.")) data.delete(name);
      const result = await actions.save(data);
      // Looked at again before the form is emptied of what was typed, so that nothing old shows in between.
      await connection.refresh();
      return result;
    },
    onSaved: (saved) => {
      setNotice(saved.notice);
      toastSuccess("Saved");
    },
  });
  if (!form.dirty && !form.pending && view.version !== base.version) {
    setBase(view);
    setBaseline(valuesOfIntegration(view));
  }

  useEffect(() => {
    setUnsaved(form.dirty);
    return () => setUnsaved(false);
  }, [form.dirty, setUnsaved]);

  useEffect(() => {
    if (!hydrated) return;
    focusNamedField();
    window.addEventListener("hashchange", focusNamedField);
    return () => window.removeEventListener("hashchange", focusNamedField);
  }, [hydrated]);

  return (
    <form
      id={FORM_ID}
      noValidate
      aria-label="Settings"
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (!gone) submit();
      }}
    >
      {hydrated && <UnsavedChanges form={FORM_ID} savedAt={base.version} isChanged={form.dirty} />}
      {notice && (
        <Alert tone="warning" title="Saved, and more happened" live>
          {notice}
        </Alert>
      )}
      <FormFailure form={form} />
      {form.failure?.code === "conflict" && (
        <div data-form-alert>
          <Suspense>
            <ConflictPanel form={form} theirs={valuesOfIntegration(view)} onSave={submit} />
          </Suspense>
        </div>
      )}
      <fieldset disabled={!hydrated} className="contents">
        <SettingsFields form={form} view={base} />
      </fieldset>
      <div
        className={classNames(
          "flex flex-col gap-3 border-t bg-page py-3",
          form.dirty && "sticky bottom-0 z-10",
        )}
      >
        <SettingsWarnings form={form} view={{ ...base, counts: view.counts }} />
        {/* At the left: toasts come up at the right. */}
        <div className={classNames("flex items-center gap-2", form.dirty && "max-sm:*:flex-1")}>
          <Button
            type="submit"
            variant={form.dirty ? "primary" : "secondary"}
            pending={form.pending}
            disabled={gone || !hydrated}
            title="Ctrl/⌘ Enter"
            aria-keyshortcuts="Control+Enter Meta+Enter"
          >
            Save
          </Button>
          {form.dirty && (
            <>
              <Button onClick={discard}>Discard changes</Button>
              <span className="text-sm text-muted max-sm:hidden">Not saved yet</span>
            </>
          )}
        </div>
      </div>
      <OpenedOnce open={asked !== null}>
        <RemoveOAuthDialog
          open={asked !== null}
          onOpenChange={(open) => !open && setAsked(null)}
          save={() => form.submit(asked ?? {})}
        />
      </OpenedOnce>
    </form>
  );

  function submit(over: FormValues = {}) {
    const removesOAuth = { ...form.values, ...over }["oauth.flowType"] === NO_OAUTH;
    if (removesOAuth && view.counts.connections > 0) setAsked(over);
    else form.submit(over);
  }

  function discard() {
    form.reset();
    setNotice(null);
    setBase(view);
    setBaseline(valuesOfIntegration(view));
  }
}

/** The field that the address names: links to it say "mend it here". */
function focusNamedField() {
  const { hash } = window.location;
  const place = hash.startsWith("#field-") ? document.getElementById(hash.slice(1)) : null;
  const field = place?.matches("input, textarea, select")
    ? place
    : place?.querySelector<HTMLElement>("input, textarea, button");
  field?.scrollIntoView({ block: "center" });
  field?.focus();
}
