"use client";

import { lazy, useState } from "react";
import { TextAreaField, TextField } from "@/components/integrations/form-field";
import { NO_OAUTH } from "@/components/integrations/form-values";
import type { IntegrationForm } from "@/components/integrations/use-integration-form";
import { Disclosure } from "@/components/ui/disclosure";
import { OpenedOnce } from "@/components/ui/opened-once";
import type { SecretState } from "@/lib/integrations/schema";

const AdvancedRequestFields = lazy(async () => ({
  default: (await import("@/components/integrations/advanced-request-fields")).AdvancedRequestFields,
}));
const AdvancedRefreshFields = lazy(async () => ({
  default: (await import("@/components/integrations/advanced-refresh-fields")).AdvancedRefreshFields,
}));

export interface AdvancedFieldsProps {
  form: IntegrationForm;
  privateKey: SecretState | null;
}

/** What few services need, folded away; a save that finds something wrong inside opens the fold. */
export function AdvancedFields({ form, privateKey }: AdvancedFieldsProps) {
  const usesOAuth = form.values["oauth.flowType"] !== NO_OAUTH;
  const [opened, setOpened] = useState(false);
  return (
    <Disclosure
      onOpen={() => setOpened(true)}
      label="Advanced"
      summary={usesOAuth ? "test URL, revocation, PKCE, token requests, refreshing" : "test URL, API hosts"}
    >
      <div className="flex flex-col gap-6">
        <div className="grid gap-x-5 gap-y-3.5 lg:grid-cols-2">
          <TextField
            form={form}
            name="testUrl"
            label="Test URL"
            type="url"
            mono
            hint={
              usesOAuth
                ? "Test connection makes a GET of it with the token."
                : "Test connection makes a GET of it."
            }
          />
          <TextAreaField
            form={form}
            name="apiHosts"
            label="API hosts"
            mono
            hint="Other hosts the SDK may send the token to, one a line."
            placeholder="graph.microsoft.com"
          />
        </div>
        {usesOAuth && (
          // Also as soon as anything is typed: a save may find something wrong in there.
          <OpenedOnce open={opened || form.dirty}>
            <AdvancedRequestFields form={form} privateKey={privateKey} />
            <AdvancedRefreshFields form={form} />
          </OpenedOnce>
        )}
      </div>
    </Disclosure>
  );
}
