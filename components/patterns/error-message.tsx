"use client";

import { MessagePage } from "@/components/patterns/message-page";
import { StartLink } from "@/components/patterns/start-link";
import { buttonClass } from "@/components/ui/button-class";

export interface ErrorMessageProps {
  /** What an `error.tsx` is given; its `digest` is the id under which the server logged it. */
  error: unknown;
  retry: () => void;
}

/** The content of an `error.tsx`: a bug, with the id to look it up by. Never the error's own words. */
export function ErrorMessage({ error, retry }: ErrorMessageProps) {
  const digest =
    typeof error === "object" && error !== null && "digest" in error ? String(error.digest) : null;
  return (
    <MessagePage
      title="This screen could not be shown"
      actions={
        <>
          <button type="button" className={buttonClass("primary")} onClick={retry}>
            Try again
          </button>
          <StartLink />
        </>
      }
    >
      <p>Something failed on the server, and it was logged. Nothing you saved is lost.</p>
      {digest && (
        <p className="mt-2">
          Error id: <code className="font-mono text-ink">{digest}</code>
        </p>
      )}
    </MessagePage>
  );
}
