import { AppError } from "@/lib/errors";
import { type Actor, isProviderContext, type Role } from "./actor.ts";

/** What a verb asks for. `connect` covers connect, reconnect, disconnect and accepting a held grant. */
export type Permission =
  | "integrations.read"
  | "integrations.write"
  | "connections.connect"
  | "connections.test"
  | "organizations.read"
  | "organizations.write"
  | "users.write"
  | "api_keys.read"
  | "api_keys.write"
  | "audit.read";

/** Roles that hold a permission on what their own organization owns or, for the provider's, on everything. */
const HOLDERS: Record<Permission, readonly Role[]> = {
  "integrations.read": ["platform_admin", "technician", "organization_admin", "viewer"],
  "integrations.write": ["platform_admin"],
  "connections.connect": ["platform_admin", "technician", "organization_admin"],
  "connections.test": ["platform_admin", "technician", "organization_admin"],
  "organizations.read": ["platform_admin", "technician", "organization_admin", "viewer"],
  "organizations.write": ["platform_admin"],
  "users.write": ["platform_admin", "organization_admin"],
  "api_keys.read": ["platform_admin", "organization_admin"],
  "api_keys.write": ["platform_admin", "organization_admin"],
  "audit.read": ["platform_admin", "organization_admin"],
};

/**
 * Says whether the actor holds the permission on something that `ownerId` owns (null: the platform itself, such as a
 * global integration). A managed organization's people hold what they hold for their own organization alone.
 */
export function may(actor: Actor, permission: Permission, ownerId: string | null): boolean {
  if (actor.type === "system" || actor.type === "operator") return true;
  if (actor.type === "api_key") return false;
  if (!HOLDERS[permission].includes(actor.role)) return false;
  if (isProviderContext(actor)) return true;
  if (permission === "integrations.read" && ownerId === null) return true;
  return ownerId === actor.organizationId;
}

/** @throws AppError `permission_denied`, saying who can. */
export function requirePermission(actor: Actor, permission: Permission, ownerId: string | null): void {
  if (may(actor, permission, ownerId)) return;
  throw new AppError(
    "permission_denied",
    `Your role does not allow this (${permission}). Ask a platform admin to do it or to change your role.`,
  );
}
