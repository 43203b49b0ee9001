"use client";

import { useEffect, useMemo, useState, useTransition } from "react";
import type { ActionFailure, ActionResult } from "@/components/integrations/action-result";
import { changedFields, toFormData, type FormValues } from "@/components/integrations/form-values";
import { readSecrets, type TypedSecrets } from "@/components/integrations/typed-secrets";

interface FormOptions<T> {
  /** The id of the form's element. */
  id: string;
  /** What the form starts from, and what it is compared with to know whether anything was changed. */
  baseline: FormValues;
  save: (form: FormData) => Promise<ActionResult<T>>;
  onSaved: (value: T) => void;
}

export type FieldErrors = Readonly<Record<string, string[]>>;

export interface IntegrationForm {
  values: FormValues;
  baseline: FormValues;
  errors: FieldErrors;
  /** The paths in `errors` that the form had no field for when the save was refused: no words stand beside one. */
  strays: readonly string[];
  /** Why the last save was refused as a whole; null while nothing is wrong. */
  failure: ActionFailure | null;
  dirty: boolean;
  pending: boolean;
  /** The names of secrets that are typed anew or about to be cleared; their values are in no state of ours. */
  secrets: TypedSecrets;
  /** Grows when the form is emptied; part of the keys of what keeps its own state, the secrets' fields. */
  round: number;
  set: (name: string, value: string) => void;
  setMany: (values: FormValues) => void;
  /** Saves, or marks what is wrong and moves the focus there; `over` wins over what is typed. */
  submit: (over?: FormValues) => void;
  reset: () => void;
}

/**
 * The state of the integration form. Values stay in the browser whatever a save answers, so that a failed one loses
 * nothing; the server alone judges them, so that no schema reaches the browser.
 */
export function useIntegrationForm<T>({ id, baseline, save, onSaved }: FormOptions<T>): IntegrationForm {
  const [typed, setTyped] = useState<FormValues>({});
  const [errors, setErrors] = useState<FieldErrors>({});
  const [strays, setStrays] = useState<readonly string[]>([]);
  const [failure, setFailure] = useState<ActionFailure | null>(null);
  const [secrets, setSecrets] = useState<TypedSecrets>({});
  const [refusals, setRefusals] = useState(0);
  const [round, setRound] = useState(0);
  const [pending, startSaving] = useTransition();

  const values = useMemo(() => ({ ...baseline, ...typed }), [baseline, typed]);
  const dirty = changedFields(values, baseline).length > 0 || Object.keys(secrets).length > 0;

  useEffect(() => {
    if (refusals > 0) showWhatIsWrong(formElement(id));
  }, [id, refusals]);

  // Secrets live in their inputs alone: after anything that happens in the form they are looked at there.
  useEffect(() => {
    const element = formElement(id);
    // After React has drawn what the event changed: Clear swaps an input for a mark.
    const look = () =>
      requestAnimationFrame(() => {
        const names = Object.keys(readSecrets(element));
        const found = Object.fromEntries(names.map((name) => [name, "typed"]));
        setSecrets((before) => (changedFields(before, found).length > 0 ? found : before));
      });
    element?.addEventListener("input", look);
    element?.addEventListener("click", look);
    return () => {
      element?.removeEventListener("input", look);
      element?.removeEventListener("click", look);
    };
  }, [id]);

  function refuse(fieldErrors: FieldErrors, reason: ActionFailure | null) {
    setErrors(fieldErrors);
    // Which fields there are depends on the flow, the preset and on what is unfolded: the page knows.
    setStrays(Object.keys(fieldErrors).filter((path) => !document.getElementById(fieldId(fieldOf(path)))));
    setFailure(reason);
    setRefusals((count) => count + 1);
  }

  function setMany(next: FormValues) {
    setTyped((before) => ({ ...before, ...next }));
    const names = Object.keys(next);
    setErrors((before) => {
      const kept = Object.entries(before).filter(([path]) => !names.some((name) => isOf(path, name)));
      return kept.length === Object.keys(before).length ? before : Object.fromEntries(kept);
    });
  }

  function submit(over: FormValues = {}) {
    if (pending) return;
    const form = toFormData({ ...values, ...readSecrets(formElement(id)), ...over });
    startSaving(async () => {
      const result = await save(form);
      if (result.ok) {
        reset();
        onSaved(result.value);
      } else {
        refuse(result.fieldErrors, Object.keys(result.fieldErrors).length > 0 ? null : result);
      }
    });
  }

  function reset() {
    setTyped({});
    setErrors({});
    setFailure(null);
    setSecrets({});
    setRound((before) => before + 1);
  }

  return {
    values,
    baseline,
    errors,
    strays,
    failure,
    dirty,
    pending,
    secrets,
    round,
    set: (name, value) => setMany({ [name]: value }),
    setMany,
    submit,
    reset,
  };
}

/** The messages under one field: its own, and those of its entries (`apiHosts[1]`). */
export function messagesFor(errors: FieldErrors, name: string): string[] {
  return [
    ...new Set(Object.entries(errors).flatMap(([path, messages]) => (isOf(path, name) ? messages : []))),
  ];
}

function formElement(id: string): HTMLFormElement | null {
  const element = document.getElementById(id);
  return element instanceof HTMLFormElement ? element : null;
}

function isOf(path: string, name: string): boolean {
  return path === name || path.startsWith(`${name}[`);
}

/** The field that a message is about: a list's, where the path names an entry (`apiHosts[1]`). */
export function fieldOf(path: string): string {
  return path.replace(/\[\d+\]$/, "");
}

/** The id of a field's control, or of what stands in its place. */
export function fieldId(name: string): string {
  return `field-${name.replace(/\W/g, "-")}`;
}

function showWhatIsWrong(form: HTMLFormElement | null) {
  const fields = form?.querySelectorAll<HTMLElement>("[aria-invalid=true]") ?? [];
  for (const field of fields) field.closest("details")?.setAttribute("open", "");
  const first = fields[0];
  // In the middle, so that the words under the field are seen with it.
  (first ?? form?.querySelector("[data-form-alert]"))?.scrollIntoView({ block: "center" });
  first?.focus({ preventScroll: true });
}
