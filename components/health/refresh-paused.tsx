import { Alert } from "@/components/ui/alert";
import { CodeBlock } from "@/components/ui/code-block";

/** On every screen of a copy of the database that does not refresh: why, and how the operator confirms it. */
export function RefreshPaused() {
  return (
    <Alert tone="warning" title="Refreshing is paused on this server" className="mb-5">
      <p>
        This database last ran under another address, where a copy may still use the same refresh tokens.
        Tokens are given out until they expire, and none is refreshed. Stop the other copy; then the
        server&apos;s operator runs:
      </p>
      <CodeBlock label="command" code="npm run bifrost -- refresh confirm" className="mt-2" />
    </Alert>
  );
}
