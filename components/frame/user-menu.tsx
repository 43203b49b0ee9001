"use client";

import { ChevronsUpDown, CircleUser, LogOut, Monitor, Moon, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { startTransition } from "react";
import type { FrameUser } from "@/components/frame/app-frame";
import { leaveThen } from "@/components/patterns/leave-guard";
import { classNames } from "@/components/ui/class-names";
import { Menu } from "@/components/ui/menu";

export interface UserMenuProps {
  user: FrameUser;
  signOut: () => Promise<void>;
  /** The initial alone, in a collapsed sidebar. */
  compact?: boolean;
}

/** At the sidebar's foot: who is signed in and for which organization; account, theme, sign out. */
export function UserMenu({ user, signOut, compact }: UserMenuProps) {
  const { theme, setTheme } = useTheme();
  const name = user.name || user.email;
  return (
    <Menu
      label={`Signed in as ${name}`}
      labelled
      side="top"
      align="start"
      triggerClassName={classNames(
        "flex min-h-10 w-full items-center gap-2.5 rounded-md p-1.5 text-left hover:bg-hover max-md:min-h-11",
        compact && "justify-center",
      )}
      entries={[
        { kind: "text", label: name, detail: name === user.email ? user.organizationName : user.email },
        { kind: "separator" },
        { kind: "link", label: "Account", href: "/account", icon: <CircleUser aria-hidden /> },
        {
          kind: "choice",
          label: "Theme",
          value: theme ?? "system",
          onChoose: setTheme,
          options: [
            { value: "system", label: "System", icon: <Monitor aria-hidden /> },
            { value: "light", label: "Light", icon: <Sun aria-hidden /> },
            { value: "dark", label: "Dark", icon: <Moon aria-hidden /> },
          ],
        },
        { kind: "separator" },
        {
          label: "Sign out",
          icon: <LogOut aria-hidden />,
          onSelect: () => leaveThen(() => startTransition(() => signOut())),
        },
      ]}
    >
      <span className="sr-only">Signed in as{compact && ` ${name}`}</span>
      <span
        aria-hidden
        className="grid size-7 shrink-0 place-items-center rounded-full bg-accent-soft text-sm font-medium text-accent"
      >
        {name.slice(0, 1).toUpperCase()}
      </span>
      {!compact && (
        <>
          <span className="min-w-0 flex-1 leading-tight">
            <span className="block truncate font-medium">{name}</span>
            <span className="block truncate text-sm text-muted">{user.organizationName}</span>
          </span>
          <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-muted" />
        </>
      )}
    </Menu>
  );
}
