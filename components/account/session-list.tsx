import { describeBrowser } from "@/components/account/describe-browser";
import { RelativeTime } from "@/components/patterns/relative-time";
import { Badge } from "@/components/ui/badge";
import { SubmitButton } from "@/components/ui/submit-button";

export interface SessionListProps {
  sessions: ReadonlyArray<{
    id: string;
    userAgent: string | null;
    ipAddress: string | null;
    createdAt: Date;
    lastSeenAt: Date;
  }>;
  currentId: string;
  /** A server action that takes `sessionId`. */
  end: (form: FormData) => Promise<void>;
}

/** Where somebody is signed in, each but this one with a button that ends it. */
export function SessionList({ sessions, currentId, end }: SessionListProps) {
  return (
    <ul className="divide-y">
      {sessions.map((session) => (
        <li key={session.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
          <div className="min-w-0 flex-1 basis-60">
            <p className="flex flex-wrap items-center gap-x-2">
              <span className="font-medium" title={session.userAgent ?? undefined}>
                {describeBrowser(session.userAgent)}
              </span>
              {session.id === currentId && <Badge>This browser</Badge>}
            </p>
            <p className="text-sm text-muted">
              {session.ipAddress && <span className="font-mono">{session.ipAddress} · </span>}
              seen <RelativeTime value={session.lastSeenAt} />, signed in{" "}
              <RelativeTime value={session.createdAt} />
            </p>
          </div>
          {session.id !== currentId && (
            <form action={end}>
              <input type="hidden" name="sessionId" value={session.id} />
              <SubmitButton
                variant="secondary"
                size="sm"
                aria-label={`End session ${describeBrowser(session.userAgent)}${session.ipAddress ? `, ${session.ipAddress}` : ""}`}
              >
                End session
              </SubmitButton>
            </form>
          )}
        </li>
      ))}
    </ul>
  );
}
