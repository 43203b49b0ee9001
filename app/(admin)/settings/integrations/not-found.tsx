import { MessagePage } from "@/components/patterns/message-page";
import { ButtonLink } from "@/components/ui/button-link";

export default function IntegrationNotFound() {
  return (
    <MessagePage
      title="There is no such integration"
      actions={<ButtonLink href="/settings/integrations">Go to the list of integrations</ButtonLink>}
    >
      It was deleted, or it belongs to an organization that you cannot see.
    </MessagePage>
  );
}
