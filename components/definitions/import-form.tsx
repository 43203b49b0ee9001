"use client";

import { useRouter } from "next/navigation";
import { lazy, Suspense } from "react";
import { type ImportAction, type PreviewAction, useImport } from "@/components/definitions/use-import";
import { SaveBar } from "@/components/integrations/save-bar";
import { useHydrated } from "@/components/integrations/use-hydrated";
import { ErrorSummary } from "@/components/patterns/error-summary";
import { PageHeader } from "@/components/patterns/page-header";
import { SearchPicker } from "@/components/patterns/search-picker";
import { UnsavedChanges } from "@/components/patterns/unsaved-changes";
import { Alert } from "@/components/ui/alert";
import { ButtonLink } from "@/components/ui/button-link";
import { Field } from "@/components/ui/field";
import { FormSection } from "@/components/ui/form-section";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import { toastSuccess } from "@/components/ui/toast";

/** Not needed before there is something to see. */
const ImportPreviewPanel = lazy(async () => {
  const { ImportPreviewPanel: panel } = await import("@/components/definitions/import-preview-panel");
  return { default: panel };
});

export interface ImportFormProps {
  preview: PreviewAction;
  apply: ImportAction;
}

const FORM_ID = "import-integration";
const TEXT_ID = "definition-text";

/** Takes a definition, shows what importing it would change, and imports it. */
export function ImportForm({ preview: look, apply }: ImportFormProps) {
  const router = useRouter();
  const hydrated = useHydrated();
  const form = useImport({
    preview: look,
    apply,
    onDone: (id) => {
      toastSuccess("Imported");
      router.push(`/settings/integrations/${id}`);
    },
  });
  const { preview, failure } = form;
  const errors = Object.values(failure?.fieldErrors ?? {})
    .flat()
    .map(parted);

  return (
    <form
      id={FORM_ID}
      noValidate
      className="flex flex-col gap-3 max-sm:pb-16"
      onSubmit={(event) => {
        event.preventDefault();
        form.submit();
      }}
    >
      <PageHeader
        title="Import an integration"
        description="A definition that was exported here or elsewhere. Secrets, mappings and connections are not in it, and stay as they are."
        back={{ href: "/settings/integrations", label: "Integrations" }}
        action={
          <SaveBar pending={form.pending} label={preview && preview.act !== "none" ? "Import" : "Preview"}>
            <ButtonLink href="/settings/integrations">Cancel</ButtonLink>
          </SaveBar>
        }
      />
      {hydrated && !form.done && <UnsavedChanges form={FORM_ID} />}
      {errors.length > 0 ? (
        <ErrorSummary
          title={`Nothing was imported: ${errors.length === 1 ? "1 thing" : `${errors.length} things`} to mend in the definition`}
          errors={errors}
        />
      ) : (
        failure && (
          <Alert tone="danger" title="Nothing was imported" live>
            {failure.message}
          </Alert>
        )
      )}
      {preview && (
        <Suspense>
          <ImportPreviewPanel
            preview={preview}
            acceptDrops={form.acceptDrops}
            onAcceptDrops={form.setAcceptDrops}
          />
        </Suspense>
      )}
      <fieldset disabled={!hydrated} className="contents">
        <FormSection title="Definition">
          <Field
            label="Organization"
            hint="Whose the integration is or becomes. Left empty: Global."
            className="max-w-md"
          >
            <SearchPicker
              single
              searchUrl="/api/organizations"
              picked={form.organization ? [form.organization] : []}
              placeholder={form.organization ? "" : "Global"}
              onChange={([item]) => form.setOrganization(item ?? null)}
            />
          </Field>
          <Field label="File" hint="Its text then stands below." className="max-w-md">
            <Input
              type="file"
              accept=".yaml,.yml,application/yaml"
              className="h-auto! bg-surface! p-1! file:mr-3 file:rounded file:border-0 file:bg-sunken file:px-2.5 file:py-1 file:font-medium file:text-ink"
              onChange={(event) => {
                const [file] = event.target.files ?? [];
                if (file) void form.readFile(file);
              }}
            />
          </Field>
          <Field
            label="Definition"
            id={TEXT_ID}
            required
            error={errors.length > 0 ? "Correct what is listed above, then preview again." : null}
          >
            <Textarea
              name="text"
              mono
              className="min-h-72"
              placeholder={"bifrost: integration/v1\nname: HaloPSA"}
              value={form.text}
              onChange={(event) => form.setText(event.target.value)}
            />
          </Field>
        </FormSection>
      </fieldset>
    </form>
  );
}

/** "Line 3, name: …" as a link that says the line, and the words. */
function parted(message: string) {
  const [, place, words] = /^(Line \d+(?:, [^:\s]+)?): (.*)$/s.exec(message) ?? [];
  return { fieldId: TEXT_ID, label: place ?? "Definition", message: words ?? message };
}
