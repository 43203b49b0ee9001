"use client";

import { labelOf } from "@/components/integrations/field-labels";
import type { IntegrationForm } from "@/components/integrations/use-integration-form";
import { Alert } from "@/components/ui/alert";

const SAID_ELSEWHERE = new Set(["conflict", "integration_not_found"]);

/** That the last save did not happen and where to look; the words stand under each field. */
export function FormFailure({ form }: { form: IntegrationForm }) {
  const labels = [...new Set(Object.keys(form.errors).map((path) => labelOf(path.replace(/\[\d+\]$/, ""))))];
  if (labels.length > 0) {
    return (
      <Alert
        tone="danger"
        title={`Not saved: ${labels.length === 1 ? "1 field needs" : `${labels.length} fields need`} attention`}
        live
      >
        {labels.join(", ")}. Everything you typed is still here.
      </Alert>
    );
  }
  if (!form.failure || SAID_ELSEWHERE.has(form.failure.code)) return null;
  return (
    <div data-form-alert>
      <Alert tone="danger" title="Not saved" live>
        {form.failure.message}
      </Alert>
    </div>
  );
}
