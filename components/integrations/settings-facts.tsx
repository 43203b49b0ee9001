"use client";

import { useIntegrationScreen } from "@/components/integrations/integration-context";
import { DefinitionList } from "@/components/patterns/definition-list";
import { Card } from "@/components/ui/card";

const flows = {
  authorization_code: "Authorization Code (Interactive)",
  client_credentials: "Client Credentials",
};

const mono = (text: string | null | undefined) => text && <code className="font-mono text-sm">{text}</code>;

/** The settings for people who may look at them and not change them. */
export function SettingsFacts() {
  const { view } = useIntegrationScreen();
  const { oauth } = view;
  return (
    <Card title="Settings" description="A platform admin can change them.">
      <DefinitionList
        items={[
          { term: "Organization", value: view.organization?.name ?? "Global" },
          { term: "Default Entity ID", value: mono(view.defaultEntityId) },
          { term: "Entity Data Provider", value: view.entityDataProvider },
          { term: "OAuth Flow Type", value: oauth ? flows[oauth.flowType] : "No OAuth" },
          { term: "Client ID", value: mono(oauth?.clientId) },
          { term: "Client Secret", value: oauth && (oauth.clientSecret ? "set" : "not set") },
          { term: "Authorization URL", value: mono(oauth?.authorizationUrl) },
          { term: "Token URL", value: mono(oauth?.tokenUrl) },
          { term: "Scopes", value: mono(oauth?.scopes.join(" ")) },
          { term: "Test URL", value: mono(view.testUrl) },
        ]}
      />
    </Card>
  );
}
