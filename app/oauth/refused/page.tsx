import type { Metadata } from "next";
import { MessagePage } from "@/components/patterns/message-page";
import { ButtonLink } from "@/components/ui/button-link";

export const metadata: Metadata = { title: "Connection refused" };

interface Words {
  title: string;
  text: string;
}

const UNCHANGED = "Nothing was stored, and tokens that were there before still work.";

const REASONS: Record<string, Words> = {
  state_missing: {
    title: "This page was opened without a connection under way",
    text: "A service sends the browser here at the end of Connect. Open the integration and choose Connect.",
  },
  state_unknown: {
    title: "This consent cannot be used",
    text: "It was used already, took longer than 10 minutes, or was begun by somebody else, in another browser or for another integration. Open the integration and choose Connect again.",
  },
  signed_out: {
    title: "You are signed out",
    text: "The consent came back to a browser that is not signed in here. Sign in, open the integration and choose Connect again.",
  },
  forbidden: {
    title: "You may not connect this integration",
    text: "Your role does not allow it, or was changed while you were at the service. Ask a platform admin to connect it.",
  },
  gone: {
    title: "This integration is not there any more",
    text: "It was deleted, or lost its OAuth settings, while you were at the service. Go back to the list of integrations.",
  },
  deactivated: {
    title: "This organization is deactivated",
    text: "It was deactivated while you were at the service, and what it agreed to there was not used. Reactivate it under Organizations, then connect it.",
  },
  unavailable: {
    title: "The connection could not be finished",
    text: "The database does not answer, or a stored secret could not be opened. Try Connect again in a moment; if it stays, run “npm run bifrost -- doctor” on the server.",
  },
};

const UNEXPECTED: Words = {
  title: "The connection could not be finished",
  text: "Something went wrong here, not at the service. Try Connect again; if it goes wrong again, look this up in the server's log.",
};

export default async function RefusedPage({
  searchParams,
}: {
  searchParams: Promise<{ reason?: string | string[]; id?: string | string[] }>;
}) {
  const { reason, id } = await searchParams;
  const words =
    (typeof reason === "string" && Object.hasOwn(REASONS, reason) && REASONS[reason]) || UNEXPECTED;
  const errorId = typeof id === "string" && /^[\w-]{1,64}$/.test(id) ? id : null;
  return (
    <main>
      <MessagePage
        title={words.title}
        actions={<ButtonLink href="/settings/integrations">Go to Integrations</ButtonLink>}
      >
        <p>{words.text}</p>
        <p className="mt-2">{UNCHANGED}</p>
        {errorId && (
          <p className="mt-2">
            Error id: <code className="font-mono">{errorId}</code>
          </p>
        )}
      </MessagePage>
    </main>
  );
}
