"use client";

import { Search } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { setCommandMenuOpen } from "@/components/frame/command-store";
import { Logo } from "@/components/frame/logo";
import type { NavigationGroup } from "@/components/frame/navigation";
import { NavigationIcon } from "@/components/frame/navigation-icon";
import { classNames } from "@/components/ui/class-names";
import { Kbd } from "@/components/ui/kbd";

export interface SidebarContentProps {
  nav: readonly NavigationGroup[];
  /** Icons alone. */
  collapsed?: boolean;
  /** The button that collapses, beside the mark. */
  toggle?: ReactNode;
  /** The user menu. */
  foot: ReactNode;
  /** Called when a link is followed: the sheet closes. */
  onNavigate?: () => void;
}

const rowClass =
  "flex h-8 items-center gap-2.5 rounded-md px-2 text-muted transition-colors hover:bg-hover hover:text-ink max-md:h-11";

/** What the sidebar shows, beside the page or in the sheet of a phone. */
export function SidebarContent({ nav, collapsed, toggle, foot, onNavigate }: SidebarContentProps) {
  const path = usePathname();
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3 p-2">
      <div className={classNames("flex items-center gap-1", collapsed ? "flex-col" : "justify-between pl-1")}>
        <Link
          href="/"
          onClick={onNavigate}
          className="flex h-9 items-center gap-2.5 rounded-md px-1 font-semibold"
        >
          <Logo />
          <span className={collapsed ? "sr-only" : "tracking-tight"}>Bifrost</span>
        </Link>
        {toggle}
      </div>
      <button
        type="button"
        title={collapsed ? "Search or do" : undefined}
        aria-keyshortcuts="Control+K Meta+K"
        onClick={() => {
          onNavigate?.();
          setCommandMenuOpen(true);
        }}
        className={classNames(rowClass, collapsed ? "justify-center" : "border bg-surface")}
      >
        <Search aria-hidden className="size-4 shrink-0" />
        <span className={collapsed ? "sr-only" : "flex-1 text-left"}>Search or do…</span>
        {!collapsed && (
          <span aria-hidden className="pointer-coarse:hidden">
            <Kbd keys="Ctrl K" />
          </span>
        )}
      </button>
      <nav aria-label="Main" className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto">
        {nav.map((group, index) => (
          <div key={group.label ?? index}>
            {group.label && (
              <h2 className={collapsed ? "sr-only" : "px-2 pb-1 text-xs font-medium text-faint"}>
                {group.label}
              </h2>
            )}
            <ul className="flex flex-col gap-0.5">
              {group.entries.map((entry) => {
                const current = path === entry.href || path.startsWith(`${entry.href}/`);
                return (
                  <li key={entry.href}>
                    <Link
                      href={entry.href}
                      onClick={onNavigate}
                      title={collapsed ? entry.label : undefined}
                      aria-current={current ? "page" : undefined}
                      className={classNames(
                        rowClass,
                        "focus-visible:-outline-offset-2",
                        collapsed && "justify-center",
                        current && "bg-hover font-medium text-ink",
                      )}
                    >
                      <NavigationIcon name={entry.icon} />
                      <span className={collapsed ? "sr-only" : "truncate"}>{entry.label}</span>
                    </Link>
                  </li>
                );
              })}
            </ul>
          </div>
        ))}
      </nav>
      <div className="border-t pt-2">{foot}</div>
    </div>
  );
}
