import { chooseConnection, type ConnectionSource } from "@/lib/integrations/rules";
import type { IntegrationView } from "@/lib/integrations/schema";
import { judgeEntity } from "@/lib/mappings/rules";

/** Which connection an organization is served by, in a word. */
export function sourceWord(source: ConnectionSource | null): string {
  if (source === null) return "None";
  return { organization: "Own", default: "Default", derived: "Derived" }[source];
}

interface Whose {
  source: ConnectionSource | null;
  /** Whose token it is. */
  entityId: string | null;
  isOtherEntity: boolean;
}

/** That a token would belong to another entity than the organization's; null where it does not. */
export function mismatchInWords({ source, entityId, isOtherEntity }: Whose, ownEntityId: string | null) {
  if (!isOtherEntity) return null;
  const which = source === "organization" ? "Its own connection's token" : "The default connection's token";
  return `${which} belongs to entity ${entityId ?? "unknown"}, not to ${ownEntityId ?? "this organization's"}: scripts would act there.`;
}

export interface WithoutOwn extends Whose {
  /** What the organization then gets, as a sentence without its subject. */
  words: string;
}

/** Which connection an organization gets when it has none of its own, by the integration's policy. */
export function withoutOwn(
  view: IntegrationView,
  organizationId: string,
  ownEntityId: string | null,
): WithoutOwn | null {
  if (!view.oauth) return null;
  const { source } = chooseConnection({
    targetId: organizationId,
    ownerId: view.organization?.id ?? null,
    policy: view.organizationPolicy,
    isMapped: true,
    hasOwnConnection: false,
    flowType: view.oauth.flowType,
    tokenUrl: view.oauth.tokenUrl,
  });
  const isConnected = view.connection !== null && view.connection.status !== "not_connected";
  const byDefault = source === "default" && isConnected ? view.connection : null;
  const whose = judgeEntity(
    byDefault && { accountTenant: byDefault.account?.tenant ?? null, entityId: byDefault.entityId },
    ownEntityId,
  );
  return { source, ...whose, words: wordsFor(source, isConnected, byDefault?.account?.label ?? null) };
}

function wordsFor(source: ConnectionSource | null, isConnected: boolean, account: string | null): string {
  if (source === null) return "gets no token";
  if (source === "derived") return "uses the default consent at its own Token URL";
  if (!isConnected) return "uses the default connection, which is not connected: it gets no token";
  return `uses the default connection${account ? ` (${account})` : ""}`;
}
