"use client";

import { useEffect, useState } from "react";
import type { ActionFailure, ActionResult } from "@/components/integrations/action-result";

const UNREACHABLE: ActionFailure = {
  ok: false,
  code: "service_unavailable",
  message: "The server could not be reached. Check the connection and try again.",
  fieldErrors: {},
};

/** Runs a form's action one at a time, keeps why it was refused, and takes the focus to what is wrong. */
export function useSave(formId: string) {
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<ActionFailure | null>(null);
  const [refusals, setRefusals] = useState(0);

  useEffect(() => {
    if (refusals > 0) showWhatIsWrong(formId);
  }, [formId, refusals]);

  function refuse(reason: ActionFailure) {
    setFailure(reason);
    setRefusals((count) => count + 1);
  }

  /** What the action gave; null when it failed, and then `failure` says why. */
  async function run<T>(act: () => Promise<ActionResult<T>>): Promise<{ value: T } | null> {
    if (pending) return null;
    setPending(true);
    const result = await act().catch(() => UNREACHABLE);
    setPending(false);
    if (result.ok) {
      setFailure(null);
      return { value: result.value };
    }
    refuse(result);
    return null;
  }

  return {
    pending,
    failure,
    run,
    /** Says that what is typed cannot be sent: messages by path. */
    refuseFields: (fieldErrors: Record<string, string[]>) =>
      refuse({ ok: false, code: "validation_failed", message: "Some fields need attention.", fieldErrors }),
    clear: () => setFailure(null),
    errorsOf: (path: string) => failure?.fieldErrors[path] ?? [],
  };
}

function showWhatIsWrong(formId: string) {
  const form = document.getElementById(formId);
  const field = form?.querySelector<HTMLElement>("[aria-invalid=true]");
  (field ?? form?.querySelector("[role=alert]"))?.scrollIntoView({ block: "center" });
  field?.focus({ preventScroll: true });
}
