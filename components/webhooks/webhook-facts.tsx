import { DefinitionList } from "@/components/patterns/definition-list";
import { RelativeTime } from "@/components/patterns/relative-time";
import { Alert } from "@/components/ui/alert";
import { Card } from "@/components/ui/card";
import { FORMAT_NAMES } from "@/lib/webhooks/rules";
import type { WebhookView } from "@/lib/webhooks/schema";

/** What a webhook is: where it leads, what it is told, how it is signed. */
export function WebhookFacts({ webhook }: { webhook: WebhookView }) {
  const { secretSetAt, secretSetBy, previousSecretUntil } = webhook;
  return (
    <Card>
      <DefinitionList
        items={[
          { term: "URL", value: <span className="font-mono text-sm">{webhook.urlHint}</span> },
          { term: "Format", value: FORMAT_NAMES[webhook.format] },
          { term: "Events", value: <span className="font-mono text-sm">{webhook.events.join(", ")}</span> },
          {
            term: "Signing secret",
            value: secretSetAt && (
              <>
                <span aria-hidden className="font-mono tracking-widest">
                  ••••••••
                </span>{" "}
                set <RelativeTime value={secretSetAt} />
                {secretSetBy && <> by {secretSetBy}</>}
                {previousSecretUntil && (
                  <span className="block text-muted">
                    The former one signs as well; that ends <RelativeTime value={previousSecretUntil} />.
                  </span>
                )}
              </>
            ),
          },
          {
            term: "Created",
            value: (
              <>
                <RelativeTime value={webhook.createdAt} />
                {webhook.createdBy && <> by {webhook.createdBy}</>}
              </>
            ),
          },
          {
            term: "Last delivered",
            value: webhook.lastDeliveredAt ? <RelativeTime value={webhook.lastDeliveredAt} /> : "Nothing yet",
          },
        ]}
      />
    </Card>
  );
}

/** What is wrong with a webhook, and what to do; nothing where all is well. */
export function WebhookTrouble({ webhook }: { webhook: WebhookView }) {
  const { isEnabled, disabledReason, disabledAt, failingSince } = webhook;
  if (!isEnabled && disabledReason !== null) {
    const why =
      disabledReason === "gone"
        ? "The receiver answered HTTP 410: it wants no more events"
        : "The receiver took nothing for three days, and a delivery had used up its tries";
    return (
      <Alert tone="danger" title="Bifrost disabled this webhook">
        {why}
        {disabledAt && (
          <>
            {" "}
            (<RelativeTime value={disabledAt} />)
          </>
        )}
        . Mend the receiver, send a test event, then enable the webhook again. What failed meanwhile can be
        redelivered below; events since then were not kept for it.
      </Alert>
    );
  }
  if (!isEnabled) {
    return (
      <Alert tone="warning" title="This webhook is disabled">
        Nothing is sent to it. Enable it to be told of what happens from then on.
      </Alert>
    );
  }
  if (failingSince === null) return null;
  return (
    <Alert tone="danger" title="Nothing was delivered of late">
      The first failure was <RelativeTime value={failingSince} />. The log says what the receiver answers.
      Each event is tried again for three days; a webhook that takes nothing for as long is disabled.
    </Alert>
  );
}
