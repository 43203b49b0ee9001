/** Who is calling. Every verb takes one and checks it. Safe in a browser. */

export const ROLES = ["platform_admin", "technician", "organization_admin", "viewer"] as const;
export type Role = (typeof ROLES)[number];

export const API_KEY_PERMISSIONS = [
  "integrations:read",
  "credentials:read",
  "mappings:write",
  "workflows:execute",
] as const;
export type ApiKeyPermission = (typeof API_KEY_PERMISSIONS)[number];

/** Where a request came from, for the audit log. */
export interface Origin {
  ipAddress: string | null;
  userAgent: string | null;
}

interface TenantActor {
  id: string;
  /** What the audit log shows: an e-mail address, a key's name. */
  label: string;
  organizationId: string;
  organizationKind: "provider" | "managed";
  origin: Origin;
}

export interface UserActor extends TenantActor {
  type: "user";
  /** The session this request came with. */
  sid: string;
  role: Role;
}

export interface ApiKeyActor extends TenantActor {
  type: "api_key";
  permissions: readonly ApiKeyPermission[];
}

/** The platform itself: a scheduled job, the first start. */
export interface SystemActor {
  type: "system";
  label: "system";
}

/** Somebody with a shell on the server: the operator's command line. */
export interface OperatorActor {
  type: "operator";
  label: "operator";
}

export type Actor = UserActor | ApiKeyActor | SystemActor | OperatorActor;

export const SYSTEM: SystemActor = { type: "system", label: "system" };
export const OPERATOR: OperatorActor = { type: "operator", label: "operator" };

/** System and operator speak for the provider; users and keys for their organization. */
export function isProviderContext(actor: Actor): boolean {
  return actor.type === "system" || actor.type === "operator" || actor.organizationKind === "provider";
}

/** Somebody of a managed organization, and it belongs to another or (`ownerId` null) to the provider. */
export function isOutsider(actor: Actor, ownerId: string | null): boolean {
  return !isProviderContext(actor) && ownerId !== actorOrganizationId(actor);
}

/** The organization an actor belongs to; null for system and operator. */
export function actorOrganizationId(actor: Actor): string | null {
  return actor.type === "system" || actor.type === "operator" ? null : actor.organizationId;
}
