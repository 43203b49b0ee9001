import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { webContext } from "@/app/context";
import { PageHeader } from "@/components/patterns/page-header";
import { CreateUserForm } from "@/components/users/create-user-form";
import { isProviderContext } from "@/lib/auth/actor";
import { may } from "@/lib/auth/permissions";
import { findOrganization } from "@/lib/organizations/queries";
import { createUserAction } from "../actions";

export const metadata: Metadata = { title: "Create user" };

export default async function CreateUserPage() {
  const { actor, db } = await webContext();
  if (!may(actor, "users.write", actor.organizationId)) redirect("/settings/users");
  const home = await findOrganization(db.prisma, actor.organizationId);
  if (!home) redirect("/settings/users");
  return (
    <>
      <PageHeader title="Create user" back={{ href: "/settings/users", label: "Users" }} />
      <CreateUserForm action={createUserAction} home={home} mayChoose={isProviderContext(actor)} />
    </>
  );
}
