import { Webhook } from "lucide-react";
import type { Metadata } from "next";
import { webContext } from "@/app/context";
import { PageHeader } from "@/components/patterns/page-header";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";
import { WebhookTable } from "@/components/webhooks/webhook-table";
import { may } from "@/lib/auth/permissions";
import { listWebhooks } from "@/lib/webhooks/queries";

export const metadata: Metadata = { title: "Webhooks" };

export default async function WebhooksPage() {
  const ctx = await webContext();
  if (!may(ctx.actor, "webhooks.read", null)) {
    return (
      <>
        <PageHeader title="Webhooks" />
        <EmptyState title="Your role does not manage webhooks" icon={<Webhook />}>
          A platform admin decides who is told when a connection breaks. Ask one to add your channel.
        </EmptyState>
      </>
    );
  }
  const webhooks = await listWebhooks(ctx);
  const create = (
    <ButtonLink variant="primary" href="/settings/webhooks/new" data-shortcut="c" aria-keyshortcuts="c">
      Create webhook
    </ButtonLink>
  );
  if (webhooks.length === 0) {
    return (
      <>
        <PageHeader title="Webhooks" />
        <EmptyState title="No webhooks yet" icon={<Webhook />} action={create}>
          A webhook tells a Slack or Teams channel, or a program of yours, when a connection needs a person
          and when it works again.
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <PageHeader title="Webhooks" action={create} />
      <WebhookTable webhooks={webhooks} />
    </>
  );
}
