"use client";

import { useRouter } from "next/navigation";
import { lazy, Suspense, useState } from "react";
import type { ActionResult } from "@/components/integrations/action-result";
import { CreateFields } from "@/components/integrations/create-fields";
import { FormFailure } from "@/components/integrations/form-failure";
import { blankValues } from "@/components/integrations/form-values";
import { PresetPicker } from "@/components/integrations/preset-picker";
import { valuesOfPreset } from "@/components/integrations/preset-values";
import { SaveBar } from "@/components/integrations/save-bar";
import { SetupGuide } from "@/components/integrations/setup-guide";
import { useHydrated } from "@/components/integrations/use-hydrated";
import { useIntegrationForm } from "@/components/integrations/use-integration-form";
import { PageHeader } from "@/components/patterns/page-header";
import { ButtonLink } from "@/components/ui/button-link";
import { toastSuccess } from "@/components/ui/toast";
import type { Preset } from "@/lib/presets/schema";

const UnsavedChanges = lazy(async () => ({
  default: (await import("@/components/patterns/unsaved-changes")).UnsavedChanges,
}));

export interface CreateFormProps {
  presets: readonly Preset[];
  create: (form: FormData) => Promise<ActionResult<{ id: string; name: string }>>;
}

const FORM_ID = "create-integration";

/** A new integration, on one page: which service, what it is called, how it speaks OAuth. */
export function CreateForm({ presets, create }: CreateFormProps) {
  const router = useRouter();
  const [preset, setPreset] = useState<Preset | null>(null);
  const [saved, setSaved] = useState(false);
  const hydrated = useHydrated();
  const form = useIntegrationForm({
    id: FORM_ID,
    baseline: blankValues,
    save: create,
    onSaved: ({ id, name }) => {
      setSaved(true);
      toastSuccess(`${name} was created`);
      router.push(`/settings/integrations/${id}`);
    },
  });

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
        title="Create Integration"
        back={{ href: "/settings/integrations", label: "Integrations" }}
        action={
          <SaveBar pending={form.pending || saved}>
            <ButtonLink href="/settings/integrations">Cancel</ButtonLink>
          </SaveBar>
        }
      />
      {hydrated && !saved && (
        <Suspense fallback={null}>
          <UnsavedChanges form={FORM_ID} isChanged={form.dirty} />
        </Suspense>
      )}
      <FormFailure form={form} />
      <fieldset disabled={!hydrated} className="contents">
        <PresetPicker
          presets={presets}
          chosen={preset}
          onChoose={(next) => {
            form.setMany(valuesOfPreset(next, form.values, preset));
            setPreset(next);
          }}
        />
        <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,1fr)_19rem]">
          <CreateFields form={form} preset={preset} />
          <SetupGuide preset={preset} />
        </div>
      </fieldset>
    </form>
  );
}
