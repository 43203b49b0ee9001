import { MessagePage } from "@/components/patterns/message-page";
import { ButtonLink } from "@/components/ui/button-link";

export default function WebhookNotFound() {
  return (
    <MessagePage
      title="There is no such webhook"
      actions={<ButtonLink href="/settings/webhooks">Go to the list of webhooks</ButtonLink>}
    >
      It was deleted, or the address is not whole.
    </MessagePage>
  );
}
