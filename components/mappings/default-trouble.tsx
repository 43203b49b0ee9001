import { TroubleWords } from "@/components/health/trouble-words";
import { Alert } from "@/components/ui/alert";
import { ButtonLink } from "@/components/ui/button-link";
import type { IntegrationView } from "@/lib/integrations/schema";

/** What ails the default connection: told once, above the rows that it serves. */
export function DefaultTrouble({ view }: { view: IntegrationView }) {
  const trouble = view.connection?.error;
  if (!trouble) return null;
  return (
    <Alert
      tone="warning"
      title="The default connection needs attention"
      action={
        <ButtonLink size="sm" href={`/settings/integrations/${view.id}`}>
          Go to Overview
        </ButtonLink>
      }
    >
      <TroubleWords trouble={trouble} />
    </Alert>
  );
}
