import { accountInWords } from "@/components/integrations/connection-facts";
import { tokenEntity } from "@/lib/connections/rules";
import type { IntegrationView } from "@/lib/integrations/schema";

/** What organizations without a connection of their own get. */
export const POLICY_WORDS = {
  default: "Use the default connection",
  derived: "Use the default consent at their own Token URL",
  none: "Get no token",
};

/** What they get under the policy in force, and whose it is. */
export function whatTheyGet(view: IntegrationView): string {
  const { connection, organizationPolicy } = view;
  const isConnected = connection !== null && connection.status !== "not_connected";
  if (organizationPolicy !== "derived" || !isConnected) return whoseDefault(view);
  const account = accountInWords(connection.account) ?? "an account that the service does not name";
  return `The default consent is by ${account}. Each mapped organization gets a token of its own entity from it.`;
}

/** Whose token the default connection's is. */
export function whoseDefault({ connection, defaultEntityId }: IntegrationView): string {
  if (!connection || connection.status === "not_connected") {
    return "The default connection is not connected: they get no token until it is.";
  }
  const account = accountInWords(connection.account);
  const whose = { accountTenant: connection.account?.tenant ?? null, entityId: connection.entityId };
  const entity = tokenEntity(whose) ?? defaultEntityId;
  return `The default connection is ${account ?? "an account that the service does not name"}${entity ? `, for entity ${entity}` : ""}. Where an organization's entity is another, its row says so.`;
}
