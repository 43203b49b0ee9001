"use client";

import { useState } from "react";
import { FormFailure } from "@/components/auth/form-failure";
import type { FormAction } from "@/components/patterns/form-state";
import { useHydrated } from "@/components/integrations/use-hydrated";
import { UnsavedChanges } from "@/components/patterns/unsaved-changes";
import { useServerForm } from "@/components/patterns/use-server-form";
import { ButtonLink } from "@/components/ui/button-link";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { RadioGroup } from "@/components/ui/radio-group";
import { SubmitButton } from "@/components/ui/submit-button";
import { CreatedWebhook, type CreatedWebhookFacts } from "@/components/webhooks/created-webhook";
import { EventFields } from "@/components/webhooks/event-fields";
import { FORMAT_NAMES, WEBHOOK_EVENT_TYPES, type WebhookFormat } from "@/lib/webhooks/rules";

const ABOUT: Record<WebhookFormat, { hint: string; url: string }> = {
  standard: {
    hint: "JSON, signed as standardwebhooks.com says: for a program of your own, or a service that takes webhooks.",
    url: "Where your receiver takes POST requests, such as https://example.com/bifrost.",
  },
  slack: {
    hint: "A message in a channel.",
    url: "The Webhook URL of an incoming webhook, made in Slack under Apps. Whoever knows it can write to the channel.",
  },
  teams: {
    hint: "A card in a channel or chat.",
    url: "The URL of a workflow “When a Teams webhook request is received”. Whoever knows it can write there.",
  },
};

const FORMATS = (Object.entries(ABOUT) as [WebhookFormat, { hint: string }][]).map(([value, { hint }]) => ({
  value,
  label: FORMAT_NAMES[value],
  hint,
}));

/** Name, format, URL, events; then the signing secret, shown this once. */
export function CreateWebhookForm({ action }: { action: FormAction<CreatedWebhookFacts> }) {
  const hydrated = useHydrated();
  const { formProps, pending, result, errorsOf, typedIn, formErrors } = useServerForm(
    "create-webhook",
    action,
  );
  const [format, setFormat] = useState<WebhookFormat>("standard");
  if (result?.ok) return <CreatedWebhook created={result.value} />;
  return (
    <form {...formProps} className="flex max-w-xl flex-col gap-4">
      <FormFailure errors={formErrors} title="The webhook was not created" />
      <fieldset disabled={!hydrated} className="contents">
        <Field
          label="Name"
          id="webhook-name"
          error={errorsOf("name")}
          hint="Who is told, such as On-call channel."
          required
        >
          <Input name="name" autoComplete="off" maxLength={100} defaultValue={typedIn("name")} />
        </Field>
        <RadioGroup
          label="Format"
          name="format"
          value={format}
          onChange={(event) => setFormat(event.target.value as WebhookFormat)}
          options={FORMATS}
        />
        <Field label="URL" id="webhook-url" error={errorsOf("url")} hint={ABOUT[format].url} required>
          <Input name="url" mono type="url" autoComplete="off" maxLength={2000} />
        </Field>
        <EventFields chosen={WEBHOOK_EVENT_TYPES} errors={errorsOf("events")} />
        <div className="flex gap-2">
          <SubmitButton pending={pending}>Create webhook</SubmitButton>
          <ButtonLink href="/settings/webhooks">Cancel</ButtonLink>
        </div>
      </fieldset>
      <UnsavedChanges form="create-webhook" />
    </form>
  );
}
