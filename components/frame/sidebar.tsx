"use client";

import { Menu as MenuIcon, PanelLeftClose, PanelLeftOpen } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import type { FrameUser } from "@/components/frame/app-frame";
import { Logo } from "@/components/frame/logo";
import type { NavigationGroup } from "@/components/frame/navigation";
import { SidebarContent } from "@/components/frame/sidebar-content";
import { UserMenu } from "@/components/frame/user-menu";
import { classNames } from "@/components/ui/class-names";
import { IconButton } from "@/components/ui/icon-button";
import { Sheet } from "@/components/ui/sheet";

export interface SidebarProps {
  user: FrameUser;
  nav: readonly NavigationGroup[];
  signOut: () => Promise<void>;
  /** From the cookie, so that the page arrives in the width it was left in. */
  defaultCollapsed: boolean;
  cookieName: string;
}

/** The sidebar: collapsible to icons, and under 768 px a bar at the top that opens it as a sheet. */
export function Sidebar({ user, nav, signOut, defaultCollapsed, cookieName }: SidebarProps) {
  const [collapsed, setCollapsed] = useState(defaultCollapsed);
  const [sheet, setSheet] = useState(false);

  function toggle() {
    const next = !collapsed;
    setCollapsed(next);
    document.cookie = `${cookieName}=${next ? "1" : "0"}; path=/; max-age=31536000; samesite=lax`;
  }

  return (
    <>
      <header className="sticky top-0 z-30 flex h-13 items-center gap-2 border-b bg-page px-2 md:hidden">
        <IconButton label="Open navigation" icon={<MenuIcon aria-hidden />} onClick={() => setSheet(true)} />
        <Link
          href="/"
          className="flex h-11 items-center gap-2.5 rounded-md px-1 font-semibold tracking-tight"
        >
          <Logo />
          Bifrost
        </Link>
      </header>
      <Sheet open={sheet} onOpenChange={setSheet} title="Navigation">
        <SidebarContent
          nav={nav}
          onNavigate={() => setSheet(false)}
          foot={<UserMenu user={user} signOut={signOut} />}
        />
      </Sheet>
      <aside
        aria-label="Sidebar"
        className={classNames(
          "sticky top-0 z-20 flex h-dvh shrink-0 flex-col border-r bg-sunken transition-[width] max-md:hidden",
          collapsed ? "w-14" : "w-58",
        )}
      >
        <SidebarContent
          nav={nav}
          collapsed={collapsed}
          toggle={
            <IconButton
              label={collapsed ? "Expand sidebar" : "Collapse sidebar"}
              aria-expanded={!collapsed}
              icon={collapsed ? <PanelLeftOpen aria-hidden /> : <PanelLeftClose aria-hidden />}
              onClick={toggle}
            />
          }
          foot={<UserMenu user={user} signOut={signOut} compact={collapsed} />}
        />
      </aside>
    </>
  );
}
