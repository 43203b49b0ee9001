import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { webContext } from "@/app/context";
import { CreateApiKeyForm } from "@/components/api-keys/create-api-key-form";
import { PageHeader } from "@/components/patterns/page-header";
import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import { may } from "@/lib/auth/permissions";
import { findOrganization } from "@/lib/organizations/queries";
import { createApiKeyAction } from "../actions";

export const metadata: Metadata = { title: "Create API key" };

export default async function CreateApiKeyPage() {
  const ctx = await webContext();
  const ownId = actorOrganizationId(ctx.actor);
  if (!may(ctx.actor, "api_keys.write", ownId)) redirect("/settings/api-keys");
  const home = await findOrganization(ctx.db.prisma, ctx.actor.organizationId);
  if (!home) redirect("/settings/api-keys");
  return (
    <>
      <PageHeader title="Create API key" back={{ href: "/settings/api-keys", label: "API keys" }} />
      <CreateApiKeyForm
        action={createApiKeyAction}
        home={{ id: home.id, name: home.name }}
        isProvider={isProviderContext(ctx.actor)}
        publicUrl={ctx.publicUrl}
      />
    </>
  );
}
