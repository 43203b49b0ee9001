export type NavigationIcon =
  | "health"
  | "workflows"
  | "editor"
  | "integrations"
  | "organizations"
  | "users"
  | "keys"
  | "webhooks"
  | "audit";

export interface NavigationEntry {
  label: string;
  href: string;
  icon: NavigationIcon;
  /** Keys pressed in turn that go there: "g i". */
  shortcut?: string;
  /** Who sees it; left out: everybody. */
  roles?: readonly string[];
  /** Only the provider's people see it. */
  isProviders?: boolean;
}

export interface NavigationGroup {
  /** Left out for the group at the top. */
  label?: string;
  entries: readonly NavigationEntry[];
}

// Only what leads somewhere: each screen adds its entry when it arrives.
const groups: readonly NavigationGroup[] = [
  { entries: [{ label: "Health", href: "/health", icon: "health", shortcut: "g h" }] },
  {
    label: "Settings",
    entries: [
      { label: "Integrations", href: "/settings/integrations", icon: "integrations", shortcut: "g i" },
      {
        label: "Organizations",
        href: "/settings/organizations",
        icon: "organizations",
        shortcut: "g o",
        isProviders: true,
      },
      {
        label: "Users",
        href: "/settings/users",
        icon: "users",
        shortcut: "g u",
        roles: ["platform_admin", "organization_admin"],
      },
      {
        label: "API keys",
        href: "/settings/api-keys",
        icon: "keys",
        shortcut: "g k",
        roles: ["platform_admin", "organization_admin"],
      },
      {
        label: "Webhooks",
        href: "/settings/webhooks",
        icon: "webhooks",
        shortcut: "g b",
        roles: ["platform_admin"],
      },
      {
        label: "Audit log",
        href: "/settings/audit",
        icon: "audit",
        shortcut: "g a",
        roles: ["platform_admin", "organization_admin"],
      },
    ],
  },
];

/** The sidebar's entries for somebody of this role. What may be done there is decided by the verbs, not here. */
export function navigationFor(role: string, kind: "provider" | "managed"): NavigationGroup[] {
  const isSeen = ({ roles, isProviders }: NavigationEntry) =>
    (roles?.includes(role) ?? true) && (kind === "provider" || !isProviders);
  return groups
    .map((group) => ({
      ...group,
      entries: group.entries.filter(isSeen),
    }))
    .filter((group) => group.entries.length > 0);
}
