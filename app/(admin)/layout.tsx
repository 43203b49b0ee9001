import type { ReactNode } from "react";
import { webContext } from "@/app/context";
import { AppFrame } from "@/components/frame/app-frame";
import { RefreshPaused } from "@/components/health/refresh-paused";
import { navigationFor } from "@/components/frame/navigation";
import { isRefreshingAllowed } from "@/lib/refresh/queries";
import { findAccount } from "@/lib/users/queries";
import { signOutAction } from "./sign-out-action";

/** Around every screen of somebody signed in. Each screen asks `webContext` again: a layout may outlive a session. */
export default async function AdminLayout({ children }: { children: ReactNode }) {
  const { actor, db, publicUrl } = await webContext();
  const [account, isRefreshing] = await Promise.all([
    findAccount(db, actor.id),
    isRefreshingAllowed(db.pool, publicUrl),
  ]);
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
      {!isRefreshing && <RefreshPaused />}
      {children}
    </AppFrame>
  );
}
