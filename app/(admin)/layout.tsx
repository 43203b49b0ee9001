import type { ReactNode } from "react";
import { webContext } from "@/app/context";
import { AppFrame } from "@/components/frame/app-frame";
import { navigationFor } from "@/components/frame/navigation";
import { findAccount } from "@/lib/users/queries";
import { signOutAction } from "./sign-out-action";

/** Around every screen of somebody signed in. Each screen asks `webContext` again: a layout may outlive a session. */
export default async function AdminLayout({ children }: { children: ReactNode }) {
  const { actor, db } = await webContext();
  const account = await findAccount(db, actor.id);
  return (
    <AppFrame
      user={{
        name: account.name,
        email: account.email,
        organizationName: account.organization.name,
        role: account.role,
      }}
      nav={navigationFor(account.role, account.organization.kind)}
      signOut={signOutAction}
      commandSearchUrl="/api/integrations/commands"
    >
      {children}
    </AppFrame>
  );
}
