import { AppError } from "@/lib/errors";
import { type Actor, type ApiKeyPermission, isProviderContext, type Role } from "./actor.ts";

/** What a verb asks for. `connect` covers connect, reconnect, disconnect and accepting a held grant. */
export type Permission =
  | "integrations.read"
  | "integrations.write"
  | "mappings.read"
  | "mappings.write"
  | "connections.connect"
  | "connections.test"
  | "organizations.read"
  | "organizations.write"
  | "users.write"
  | "api_keys.read"
  | "api_keys.write"
  | "webhooks.read"
  | "webhooks.write"
  | "audit.read";

/** Roles that hold a permission on what their own organization owns or, for the provider's, on everything. */
const HOLDERS: Record<Permission, readonly Role[]> = {
  "integrations.read": ["platform_admin", "technician", "organization_admin", "viewer"],
  "integrations.write": ["platform_admin"],
  "mappings.read": ["platform_admin", "technician", "organization_admin", "viewer"],
  "mappings.write": ["platform_admin", "technician", "organization_admin"],
  "connections.connect": ["platform_admin", "technician", "organization_admin"],
  "connections.test": ["platform_admin", "technician", "organization_admin"],
  "organizations.read": ["platform_admin", "technician", "organization_admin", "viewer"],
  "organizations.write": ["platform_admin"],
  "users.write": ["platform_admin", "organization_admin"],
  "api_keys.read": ["platform_admin", "organization_admin"],
  "api_keys.write": ["platform_admin", "organization_admin"],
  "webhooks.read": ["platform_admin"],
  "webhooks.write": ["platform_admin"],
  "audit.read": ["platform_admin", "organization_admin"],
};

/** What an API key needs, any one of them; a permission that is missing here is never a key's. */
const KEY_HOLDERS: Partial<Record<Permission, readonly ApiKeyPermission[]>> = {
  "mappings.read": ["integrations:read", "credentials:read"],
  "mappings.write": ["mappings:write"],
};

/**
 * Says whether the actor holds the permission on something that `ownerId` owns (null: the platform itself, such as a
 * global integration). A managed organization's people and keys hold what they hold for their own organization alone. What
 * a key is limited to beside that is checked by `requireKeyAccess`.
 */
export function may(actor: Actor, permission: Permission, ownerId: string | null): boolean {
  if (actor.type === "system" || actor.type === "operator") return true;
  if (!holds(actor, permission)) return false;
  if (isProviderContext(actor)) return true;
  if (permission === "integrations.read" && ownerId === null) return true;
  return ownerId === actor.organizationId;
}

function holds(actor: Exclude<Actor, { type: "system" | "operator" }>, permission: Permission): boolean {
  if (actor.type === "user") return HOLDERS[permission].includes(actor.role);
  return KEY_HOLDERS[permission]?.some((needed) => actor.permissions.includes(needed)) ?? false;
}

/** @throws AppError `permission_denied`, saying who can. */
export function requirePermission(actor: Actor, permission: Permission, ownerId: string | null): void {
  if (may(actor, permission, ownerId)) return;
  if (actor.type === "api_key") throw new AppError("permission_denied", keyRefusal(permission));
  throw new AppError(
    "permission_denied",
    `Your role does not allow this (${permission}). Ask a platform admin to do it or to change your role.`,
  );
}

function keyRefusal(permission: Permission): string {
  const needed = KEY_HOLDERS[permission];
  return needed
    ? `This API key may not do this here. Use a key with the permission ${needed.join(" or ")}.`
    : "An API key cannot do this. Sign in as a person who may.";
}
