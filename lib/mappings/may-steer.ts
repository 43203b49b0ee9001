import { type Actor, actorOrganizationId, isProviderContext } from "@/lib/auth/actor";
import { AppError } from "@/lib/errors";

/** Whether the actor may set what decides where an integration's tokens go: the provider, or whose integration it is. */
export function maySteer(actor: Actor, integration: { organizationId: string | null }): boolean {
  return isProviderContext(actor) || integration.organizationId === actorOrganizationId(actor);
}

/** The refusal of a change of those fields, each with its path in the input and its name. */
export function steeringDenied(fields: readonly (readonly [path: string, name: string])[]): AppError {
  const names = fields.map(([, name]) => name).join(", ");
  const message = `Only the provider may change ${names} here: it decides where tokens are sent. Ask the provider, or leave it as it is.`;
  return new AppError("permission_denied", message, {
    errors: fields.map(([path]) => ({ path, message })),
  });
}
