"use client";

import { CheckField, SelectField, TextField } from "@/components/integrations/form-field";
import type { IntegrationForm } from "@/components/integrations/use-integration-form";

const unansweredPolicies = [
  { value: "retry", label: "Try again" },
  { value: "never", label: "Never: ask for a new consent" },
];

/** How this service's tokens are kept alive. */
export function AdvancedRefreshFields({ form }: { form: IntegrationForm }) {
  return (
    <fieldset className="grid min-w-0 gap-x-5 gap-y-3.5 lg:grid-cols-2">
      <legend className="mb-2 text-sm font-medium text-muted">Refreshing</legend>
      <TextField
        form={form}
        name="oauth.refreshMarginSeconds"
        label="Refresh this many seconds before expiry"
        type="number"
        hint="Left blank: 5 minutes, or a tenth of the lifetime if that is less."
      />
      <TextField
        form={form}
        name="oauth.refreshIntervalSeconds"
        label="Refresh every so many seconds"
        type="number"
        hint="For services that do not say when a token expires."
      />
      <SelectField
        form={form}
        name="oauth.unansweredPolicy"
        label="When a refresh got no answer"
        options={unansweredPolicies}
      />
      <div className="flex flex-col gap-1">
        <CheckField form={form} name="oauth.sendScopeOnRefresh" label="Send scope on refresh" />
        <CheckField form={form} name="oauth.refreshTokensReusable" label="Refresh tokens can be used again" />
        <CheckField
          form={form}
          name="oauth.refreshEndsAccessToken"
          label="A refresh ends the access token of before"
        />
      </div>
    </fieldset>
  );
}
