"use client";

import { labelOf } from "@/components/integrations/field-labels";
import { fieldOf, type IntegrationForm } from "@/components/integrations/use-integration-form";
import { Alert } from "@/components/ui/alert";

const SAID_ELSEWHERE = new Set(["conflict", "integration_not_found"]);

/**
 * That the last save did not happen and where to look. The words stand under each field; what is about something that
 * the form has no field for is said here.
 */
export function FormFailure({ form }: { form: IntegrationForm }) {
  const paths = Object.keys(form.errors);
  const strays = paths.filter((path) => form.strays.includes(path));
  const labels = [
    ...new Set(paths.filter((path) => !strays.includes(path)).map((path) => labelOf(fieldOf(path)))),
  ];
  if (paths.length > 0) {
    const toMend = labels.length === 1 ? "1 field needs attention" : `${labels.length} fields need attention`;
    return (
      <div data-form-alert>
        <Alert tone="danger" title={labels.length > 0 ? `Not saved: ${toMend}` : "Not saved"} live>
          {strays.map((path) => (
            <p key={path} className="wrap-anywhere">
              {labelOf(fieldOf(path))}: {form.errors[path]?.join(" ")}
            </p>
          ))}
          {labels.length > 0 && `${labels.join(", ")}. `}Everything you typed is still here.
        </Alert>
      </div>
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
