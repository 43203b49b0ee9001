"use client";

import { ButtonLink } from "@/components/ui/button-link";
import { Card } from "@/components/ui/card";
import { SigningSecretField } from "@/components/webhooks/signing-secret-field";

/** A webhook that was just made; its secret is known this once. */
export interface CreatedWebhookFacts {
  id: string;
  name: string;
  /** Null for Slack and Teams. */
  secret: string | null;
}

/** That it is made, its signing secret where it has one, and what to do next. */
export function CreatedWebhook({ created: { id, name, secret } }: { created: CreatedWebhookFacts }) {
  return (
    <Card
      title={`${name} is created`}
      description={
        secret === null
          ? "Send a test event to see whether it arrives."
          : "Copy the signing secret now. It is shown this once."
      }
    >
      <div className="flex flex-col gap-4">
        {secret !== null && <SigningSecretField secret={secret} />}
        <div>
          <ButtonLink variant="primary" href={`/settings/webhooks/${id}`}>
            Go to the webhook
          </ButtonLink>
        </div>
      </div>
    </Card>
  );
}
