import type { Metadata } from "next";
import { webContext } from "@/app/context";
import { ImportForm } from "@/components/definitions/import-form";
import { MessagePage } from "@/components/patterns/message-page";
import { ButtonLink } from "@/components/ui/button-link";
import { may } from "@/lib/auth/permissions";
import { importIntegrationAction, previewImportAction } from "./actions";

export const metadata: Metadata = { title: "Import an integration" };

export default async function ImportIntegrationPage() {
  const { actor } = await webContext();
  if (!may(actor, "integrations.write", null)) {
    return (
      <MessagePage
        title="Only a platform admin imports integrations"
        actions={<ButtonLink href="/settings/integrations">Back to integrations</ButtonLink>}
      >
        Your role does not allow it. Ask a platform admin to import the definition, or to change your role.
      </MessagePage>
    );
  }
  return <ImportForm preview={previewImportAction} apply={importIntegrationAction} />;
}
