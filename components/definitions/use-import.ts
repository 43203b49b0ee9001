"use client";

import { useState, useTransition } from "react";
import type { ActionFailure, ActionResult } from "@/components/integrations/action-result";
import type { ImportPreview, ImportResult } from "@/lib/definitions/schema";

export type PreviewAction = (form: FormData) => Promise<ActionResult<ImportPreview>>;
export type ImportAction = (form: FormData) => Promise<ActionResult<ImportResult & { id: string }>>;

const MAX_BYTES = 1_000_000;

const TOO_LARGE: ActionFailure = {
  ok: false,
  code: "payload_too_large",
  message: "A definition has at most 1 MB. This is more; choose another file.",
  fieldErrors: {},
};
const UNREACHABLE: ActionFailure = {
  ok: false,
  code: "service_unavailable",
  message: "The server could not be reached. Check the connection and try again.",
  fieldErrors: {},
};

/** The two steps of an import: a preview belongs to one text, and is gone when that changes. */
export function useImport(actions: {
  preview: PreviewAction;
  apply: ImportAction;
  onDone: (id: string) => void;
}) {
  const [text, setText] = useState("");
  const [organization, setOrganization] = useState<{ id: string; name: string } | null>(null);
  const [preview, setPreview] = useState<ImportPreview | null>(null);
  const [failure, setFailure] = useState<ActionFailure | null>(null);
  const [acceptDrops, setAcceptDrops] = useState(false);
  const [done, setDone] = useState(false);
  const [running, start] = useTransition();

  function edit(change: () => void) {
    change();
    setPreview(null);
    setFailure(null);
    setAcceptDrops(false);
  }

  function formData(): FormData {
    const form = new FormData();
    form.set("text", text);
    form.set("organizationId", organization?.id ?? "");
    form.set("expectedVersion", preview?.version?.toString() ?? "");
    for (const words of acceptDrops && preview ? preview.drops : []) form.append("acceptDrops", words);
    return form;
  }

  async function look() {
    setAcceptDrops(false);
    const result = await actions.preview(formData()).catch(() => UNREACHABLE);
    setPreview(result.ok ? result.value : null);
    setFailure(result.ok ? null : result);
  }

  async function apply(dropsAsked: boolean) {
    const result = await actions.apply(formData()).catch(() => UNREACHABLE);
    setFailure(result.ok ? null : result);
    if (result.ok) {
      setDone(true);
      actions.onDone(result.value.id);
      // Somebody saved since, or more would be dropped: only a new preview can say what the import would do now.
    } else if (result.code === "conflict" && !dropsAsked) setPreview(null);
  }

  function submit() {
    if (running || done) return;
    if (new Blob([text]).size > MAX_BYTES) return setFailure(TOO_LARGE);
    const ready = preview && preview.act !== "none";
    start(() => (ready ? apply(preview.drops.length > 0 && !acceptDrops) : look()));
  }

  async function readFile(file: File) {
    if (file.size > MAX_BYTES) return edit(() => setFailure(TOO_LARGE));
    const content = await file.text();
    edit(() => setText(content));
  }

  return {
    text,
    setText: (value: string) => edit(() => setText(value)),
    organization,
    setOrganization: (value: typeof organization) => edit(() => setOrganization(value)),
    preview,
    failure,
    acceptDrops,
    setAcceptDrops,
    pending: running || done,
    done,
    submit,
    readFile,
  };
}
