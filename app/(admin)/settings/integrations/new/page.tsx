import type { Metadata } from "next";
import { webContext } from "@/app/context";
import { CreateForm } from "@/components/integrations/create-form";
import { MessagePage } from "@/components/patterns/message-page";
import { ButtonLink } from "@/components/ui/button-link";
import { may } from "@/lib/auth/permissions";
import { listPresets } from "@/lib/presets/list-presets";
import { createIntegrationAction } from "../actions";

export const metadata: Metadata = { title: "Create Integration" };

export default async function CreateIntegrationPage() {
  const ctx = await webContext();
  if (!may(ctx.actor, "integrations.write", null)) {
    return (
      <MessagePage
        title="Only a platform admin creates integrations"
        actions={<ButtonLink href="/settings/integrations">Back to integrations</ButtonLink>}
      >
        Your role does not allow it. Ask a platform admin to create the integration, or to change your role.
      </MessagePage>
    );
  }
  return <CreateForm presets={listPresets()} create={createIntegrationAction} />;
}
