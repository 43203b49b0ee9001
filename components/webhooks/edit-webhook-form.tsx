"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { FormFailure } from "@/components/auth/form-failure";
import type { FormAction } from "@/components/patterns/form-state";
import { UnsavedChanges } from "@/components/patterns/unsaved-changes";
import { useServerForm } from "@/components/patterns/use-server-form";
import { ButtonLink } from "@/components/ui/button-link";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { SubmitButton } from "@/components/ui/submit-button";
import { toastSuccess } from "@/components/ui/toast";
import { EventFields } from "@/components/webhooks/event-fields";
import type { WebhookView } from "@/lib/webhooks/schema";

interface EditWebhookFormProps {
  webhook: Pick<WebhookView, "id" | "name" | "events" | "urlHint">;
  action: FormAction<null>;
}

/** Name, URL and events of a webhook that is there. */
export function EditWebhookForm({ webhook, action }: EditWebhookFormProps) {
  const { formProps, pending, result, errorsOf, typedIn, formErrors } = useServerForm("edit-webhook", action);
  const router = useRouter();
  const home = `/settings/webhooks/${webhook.id}`;
  const isSaved = result?.ok === true;
  useEffect(() => {
    if (!isSaved) return;
    toastSuccess("Saved");
    router.push(home);
  }, [isSaved, router, home]);
  return (
    <form {...formProps} className="flex max-w-xl flex-col gap-4">
      <FormFailure errors={formErrors} title="The webhook was not saved" />
      <input type="hidden" name="id" value={webhook.id} />
      <Field label="Name" id="webhook-name" error={errorsOf("name")} required>
        <Input
          name="name"
          autoComplete="off"
          maxLength={100}
          defaultValue={typedIn("name") ?? webhook.name}
        />
      </Field>
      <Field
        label="URL"
        id="webhook-url"
        error={errorsOf("url")}
        hint={
          <>
            It leads to <span className="font-mono wrap-anywhere">{webhook.urlHint}</span>. Leave it blank to
            keep it.
          </>
        }
      >
        <Input name="url" mono type="url" autoComplete="off" maxLength={2000} />
      </Field>
      <EventFields chosen={webhook.events} errors={errorsOf("events")} />
      <div className="flex gap-2">
        <SubmitButton pending={pending || isSaved}>Save</SubmitButton>
        <ButtonLink href={home}>Cancel</ButtonLink>
      </div>
      <UnsavedChanges form="edit-webhook" isChanged={isSaved ? false : undefined} />
    </form>
  );
}
