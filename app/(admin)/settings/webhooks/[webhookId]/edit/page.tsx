import type { Metadata } from "next";
import { PageHeader } from "@/components/patterns/page-header";
import { EditWebhookForm } from "@/components/webhooks/edit-webhook-form";
import { updateWebhookAction } from "../../actions";
import { loadWebhook } from "../../load-webhook";

export const metadata: Metadata = { title: "Edit webhook" };

export default async function EditWebhookPage({ params }: { params: Promise<{ webhookId: string }> }) {
  const webhook = await loadWebhook((await params).webhookId);
  return (
    <>
      <PageHeader
        title={`Edit ${webhook.name}`}
        back={{ href: `/settings/webhooks/${webhook.id}`, label: webhook.name }}
      />
      <EditWebhookForm webhook={webhook} action={updateWebhookAction} />
    </>
  );
}
