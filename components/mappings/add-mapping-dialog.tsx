"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useSave } from "@/components/config/use-save";
import { useIntegrationScreen } from "@/components/integrations/integration-context";
import type { MappingActions } from "@/components/mappings/mapping-actions";
import { mappingHref } from "@/components/mappings/mapping-address";
import { leaveThen } from "@/components/patterns/leave-guard";
import { SearchPicker, type PickedItem } from "@/components/patterns/search-picker";
import { UnsavedChanges } from "@/components/patterns/unsaved-changes";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { toastSuccess } from "@/components/ui/toast";

const FORM_ID = "add-mapping";

export interface AddMappingDialogProps {
  open: boolean;
  /** Null: it is chosen in the dialog. */
  organization: PickedItem | null;
  actions: MappingActions;
  onClose: () => void;
}

/** Ties an organization to the integration; its overrides and its own connection come on the page after. */
export function AddMappingDialog({ open, onClose, ...form }: AddMappingDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && leaveThen(onClose)}
      title="Add Mapping"
      description="Overrides and a connection of its own can be added on the next page."
    >
      <AddMappingForm key={form.organization?.id ?? ""} onClose={onClose} {...form} />
    </Dialog>
  );
}

function AddMappingForm({ organization, actions, onClose }: Omit<AddMappingDialogProps, "open">) {
  const { view, connection } = useIntegrationScreen();
  const router = useRouter();
  const save = useSave(FORM_ID);
  const [picked, setPicked] = useState<PickedItem[]>(
    organization ? [{ id: organization.id, name: organization.name }] : [],
  );
  const [chosen] = picked;

  async function submit(form: FormData) {
    if (!chosen) {
      save.refuseFields({ organizationId: ["Choose the organization."] });
      return;
    }
    const line = (name: string) => String(form.get(name) ?? "").trim() || null;
    const entityId = line("entityId");
    const entityName = line("entityName");
    const saved = await save.run(() =>
      actions.save({
        integrationId: view.id,
        organizationId: chosen.id,
        ...(entityId === null ? {} : { entityId }),
        ...(entityName === null ? {} : { entityName }),
      }),
    );
    if (!saved) return;
    toastSuccess(`${chosen.name} is mapped`);
    void connection.refresh();
    router.push(mappingHref(view.id, chosen.id));
  }

  const named = ["organizationId", "entityId", "entityName"].some((path) => save.errorsOf(path).length > 0);
  return (
    <form
      id={FORM_ID}
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        // The dialog is a portal: in React's tree its submit would bubble into a form around it.
        event.stopPropagation();
        void submit(new FormData(event.currentTarget));
      }}
    >
      <UnsavedChanges form={FORM_ID} />
      {save.failure && !named && (
        <Alert tone="danger" title="The mapping was not added" live>
          {save.failure.message}
        </Alert>
      )}
      <Field label="Organization" error={save.errorsOf("organizationId")} required>
        <SearchPicker
          single
          name="organizationId"
          searchUrl={`/api/integrations/${view.id}/mappings/unmapped`}
          picked={picked}
          onChange={(next) => {
            setPicked(next);
            save.clear();
          }}
          placeholder="Search organizations without a mapping…"
        />
      </Field>
      <Field
        label="Entity ID"
        error={save.errorsOf("entityId")}
        hint={
          view.defaultEntityId === null
            ? "The customer's ID at this service, e.g. a tenant or client ID."
            : `The customer's ID at this service. Left blank: the default, ${view.defaultEntityId}.`
        }
      >
        <Input name="entityId" mono autoComplete="off" />
      </Field>
      <Field
        label="Entity name"
        error={save.errorsOf("entityName")}
        hint="What the service calls the customer; for people only."
      >
        <Input name="entityName" autoComplete="off" />
      </Field>
      <div className="flex justify-end gap-2 max-sm:flex-col-reverse">
        <Button onClick={() => leaveThen(onClose)}>Cancel</Button>
        <Button type="submit" variant="primary" pending={save.pending}>
          Add Mapping
        </Button>
      </div>
    </form>
  );
}
