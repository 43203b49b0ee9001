"use client";

import { NO_OAUTH } from "@/components/integrations/form-values";
import { newlyAimed } from "@/components/integrations/origins";
import type { IntegrationForm } from "@/components/integrations/use-integration-form";
import { Alert } from "@/components/ui/alert";
import type { IntegrationView } from "@/lib/integrations/schema";

const list = new Intl.ListFormat("en");

/** What saving would do besides saving, said before it happens. */
export function SettingsWarnings({ form, view }: { form: IntegrationForm; view: IntegrationView }) {
  if (!view.oauth) return null;
  const { clientSecret, privateKey } = view.oauth;
  const { connections } = view.counts;
  const stored = [clientSecret && "the Client Secret", privateKey && "the private key"].filter(isText);
  if (form.values["oauth.flowType"] === NO_OAUTH) {
    const gone = ["the Client ID", ...stored, connections > 0 && storedTokens(connections)].filter(isText);
    return (
      <Alert tone="warning" title="Saving removes OAuth from this integration">
        {sentence(list.format(gone))} {gone.length === 1 ? "is" : "are"} deleted, and scripts get the
        configuration alone.
      </Alert>
    );
  }
  const aimed = newlyAimed(form.values, form.baseline);
  if (aimed.length === 0) return null;
  const losesSecret = clientSecret !== null && !("oauth.clientSecret" in form.secrets);
  const losesKey = privateKey !== null && !("oauth.privateKey" in form.secrets);
  if (!losesSecret && !losesKey && connections === 0) return null;
  const lost = [losesSecret && "the Client Secret", losesKey && "the private key"].filter(isText);
  // The key's own field is there for the one method that uses it.
  const usesKey = form.values["oauth.tokenEndpointAuthMethod"] === "private_key_jwt";
  const replaceable = [losesSecret && "Client Secret", losesKey && usesKey && "Private key"].filter(isText);
  return (
    <Alert
      tone="warning"
      title={lost.length > 0 ? `Saving will clear ${list.format(lost)}` : "Saving will ask for a new consent"}
    >
      {list.format(aimed)} {aimed.length === 1 ? "leads" : "lead"} to another origin than before, and nothing
      secret goes there by itself.
      {replaceable.length > 0 &&
        ` Choose Replace beside ${list.format(replaceable)} and enter ${replaceable.length === 1 ? "it" : "both"} in this save to keep ${replaceable.length === 1 ? "it" : "them"}.`}
      {connections === 1 && " 1 connection has to be made again."}
      {connections > 1 &&
        ` ${connections.toLocaleString("en")} connections have to be made again, organizations' own included.`}
    </Alert>
  );
}

/** Connections that go with their tokens, in words. */
export function storedTokens(connections: number): string {
  return connections === 1
    ? "1 connection with its stored tokens"
    : `${connections.toLocaleString("en")} connections with their stored tokens, organizations' own included`;
}

function isText(part: string | false | null): part is string {
  return typeof part === "string";
}

function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
