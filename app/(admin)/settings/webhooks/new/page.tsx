import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { webContext } from "@/app/context";
import { PageHeader } from "@/components/patterns/page-header";
import { CreateWebhookForm } from "@/components/webhooks/create-webhook-form";
import { may } from "@/lib/auth/permissions";
import { createWebhookAction } from "../actions";

export const metadata: Metadata = { title: "Create webhook" };

export default async function CreateWebhookPage() {
  const { actor } = await webContext();
  if (!may(actor, "webhooks.write", null)) redirect("/settings/webhooks");
  return (
    <>
      <PageHeader title="Create webhook" back={{ href: "/settings/webhooks", label: "Webhooks" }} />
      <CreateWebhookForm action={createWebhookAction} />
    </>
  );
}
