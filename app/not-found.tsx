import { MessagePage } from "@/components/patterns/message-page";
import { StartLink } from "@/components/patterns/start-link";

export const metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main>
      <MessagePage title="There is nothing at this address" actions={<StartLink />}>
        It may have been renamed or deleted, or it belongs to an organization that you cannot see.
      </MessagePage>
    </main>
  );
}
