import type { Role } from "@/lib/auth/actor";

const ROLES_OF_KIND: Record<"provider" | "managed", readonly Role[]> = {
  provider: ["platform_admin", "technician", "viewer"],
  managed: ["organization_admin", "viewer"],
};

/** What a role is called on screens. */
export const ROLE_LABELS: Record<Role, string> = {
  platform_admin: "Platform admin",
  technician: "Technician",
  organization_admin: "Organization admin",
  viewer: "Viewer",
};

/** Said to somebody who signs in another way: with single sign-on, or by a sign-in link. */
export const NO_PASSWORD =
  "You have no password: you sign in another way. To have one as well, ask an administrator for a setup link, which sets it.";

/**
 * The roles a user of such an organization may have. An organization admin of the provider would, as one of the
 * provider's people, be an admin of every organization: that is what platform admins are.
 */
export function rolesFor(kind: "provider" | "managed"): readonly Role[] {
  return ROLES_OF_KIND[kind];
}

/** Says why a role does not fit an organization, or null where it does. */
export function roleProblem(role: Role, kind: "provider" | "managed"): string | null {
  if (rolesFor(kind).includes(role)) return null;
  const choices = rolesFor(kind).join(", ");
  return kind === "managed"
    ? `Only the provider organization has users of the role ${role}. Choose one of ${choices}.`
    : `Users of the provider organization cannot have the role ${role}. Choose one of ${choices}.`;
}
