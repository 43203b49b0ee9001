"use client";

import { NO_OAUTH } from "@/components/integrations/form-values";
import { newlyAimed } from "@/components/integrations/origins";
import type { IntegrationForm } from "@/components/integrations/use-integration-form";
import { Alert } from "@/components/ui/alert";
import type { IntegrationView } from "@/lib/integrations/schema";

/** What saving would do besides saving, said before it happens. */
export function SettingsWarnings({ form, view }: { form: IntegrationForm; view: IntegrationView }) {
  if (!view.oauth) return null;
  if (form.values["oauth.flowType"] === NO_OAUTH) {
    return (
      <Alert tone="warning" title="Saving removes OAuth from this integration">
        The Client ID, the Client Secret and the stored tokens are deleted, and scripts get the configuration
        alone.
      </Alert>
    );
  }
  const aimed = newlyAimed(form.values, form.baseline);
  if (aimed.length === 0) return null;
  const labels = new Intl.ListFormat("en").format(aimed);
  const leads = aimed.length === 1 ? "leads" : "lead";
  const losesSecret = view.oauth.clientSecret !== null && !("oauth.clientSecret" in form.secrets);
  const hasTokens = view.connection?.hasAccessToken ?? false;
  if (!losesSecret && !hasTokens) return null;
  return (
    <Alert
      tone="warning"
      title={losesSecret ? "Saving will clear the Client Secret" : "Saving will ask for a new consent"}
    >
      {labels} {leads} to another origin than before, and nothing secret goes there by itself.
      {losesSecret && " Choose Replace beside Client Secret and enter it in this save to keep it."}
      {hasTokens && " The connection has to be made again."}
    </Alert>
  );
}
