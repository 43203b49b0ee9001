import type { Origin, Role, UserActor } from "./actor.ts";

interface UserWithOrganization {
  id: string;
  email: string;
  role: Role;
  organizationId: string;
  organization: { kind: "provider" | "managed" };
}

/** The actor that a user is; `sid` is null while signing in or setting up, before there is a session. */
export function userActor(user: UserWithOrganization, sid: string | null, origin: Origin): UserActor {
  return {
    type: "user",
    id: user.id,
    label: user.email,
    role: user.role,
    organizationId: user.organizationId,
    organizationKind: user.organization.kind,
    sid: sid ?? "",
    origin,
  };
}
