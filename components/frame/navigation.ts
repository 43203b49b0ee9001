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
}

export interface NavigationGroup {
  /** Left out for the group at the top. */
  label?: string;
  entries: readonly NavigationEntry[];
}

// Only what leads somewhere: each screen adds its entry when it arrives.
const groups: readonly NavigationGroup[] = [
  {
    label: "Settings",
    entries: [
      { label: "Integrations", href: "/settings/integrations", icon: "integrations", shortcut: "g i" },
      {
        label: "API keys",
        href: "/settings/api-keys",
        icon: "keys",
        shortcut: "g k",
        roles: ["platform_admin", "organization_admin"],
      },
    ],
  },
];

/** The sidebar's entries for somebody of this role. What may be done there is decided by the verbs, not here. */
export function navigationFor(role: string): NavigationGroup[] {
  return groups
    .map((group) => ({
      ...group,
      entries: group.entries.filter((entry) => entry.roles?.includes(role) ?? true),
    }))
    .filter((group) => group.entries.length > 0);
}
