import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { webContext } from "@/app/context";
import { CreateApiKeyForm } from "@/components/api-keys/create-api-key-form";
import { PageHeader } from "@/components/patterns/page-header";
import { actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import { may } from "@/lib/auth/permissions";
import { listOrganizations } from "@/lib/organizations/queries";
import { createApiKeyAction } from "../actions";

export const metadata: Metadata = { title: "Create API key" };

export default async function CreateApiKeyPage() {
  const ctx = await webContext();
  const ownId = actorOrganizationId(ctx.actor);
  if (!may(ctx.actor, "api_keys.write", ownId)) redirect("/settings/api-keys");
  const isProvider = isProviderContext(ctx.actor);
  const organizations = await listOrganizations(ctx.db, isProvider ? null : ownId);
  return (
    <>
      <PageHeader title="Create API key" back={{ href: "/settings/api-keys", label: "API keys" }} />
      <CreateApiKeyForm
        action={createApiKeyAction}
        organizations={organizations.filter(({ isActive }) => isActive).map(({ id, name }) => ({ id, name }))}
        mayReadCredentials={isProvider}
        publicUrl={ctx.publicUrl}
      />
    </>
  );
}
