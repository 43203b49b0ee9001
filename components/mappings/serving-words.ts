import type { Whose } from "@/components/mappings/source-words";
import { chooseConnection, type Serving } from "@/lib/integrations/rules";
import type { IntegrationView } from "@/lib/integrations/schema";
import { judgeEntity } from "@/lib/mappings/rules";

export interface WithoutOwn extends Whose {
  /** What the organization then gets, as a sentence without its subject. */
  words: string;
  /** A token for the client itself comes without anybody connecting, unless somebody disconnected it. */
  comesByItself: boolean;
}

/** What an organization gets whose own connection a person has ended. */
export function afterDisconnect({ comesByItself, words }: WithoutOwn): string {
  return comesByItself ? "gets no token until somebody connects it again" : words;
}

/** Which connection an organization gets when it has none of its own, by the integration's policy. */
export function withoutOwn(
  view: IntegrationView,
  organizationId: string,
  { ownEntityId, hasOwnTokenUrl }: { ownEntityId: string | null; hasOwnTokenUrl: boolean },
): WithoutOwn | null {
  if (!view.oauth) return null;
  const serving = chooseConnection({
    targetId: organizationId,
    ownerId: view.organization?.id ?? null,
    policy: view.organizationPolicy,
    isMapped: true,
    hasOwnTokenUrl,
    hasOwnConnection: false,
    flowType: view.oauth.flowType,
    tokenUrl: view.oauth.tokenUrl,
  });
  const isConnected = view.connection !== null && view.connection.status !== "not_connected";
  const byDefault = serving.source === "default" && isConnected ? view.connection : null;
  const whose = judgeEntity(
    byDefault && { accountTenant: byDefault.account?.tenant ?? null, entityId: byDefault.entityId },
    ownEntityId,
  );
  return {
    source: serving.source,
    comesByItself: serving.comesBy === "client_credentials",
    ...whose,
    words: wordsFor(serving, isConnected, byDefault?.account?.label ?? null),
  };
}

function wordsFor({ source, comesBy }: Serving, isConnected: boolean, account: string | null): string {
  if (comesBy === "client_credentials") return "gets a token of its own by itself";
  if (source === null) return "gets no token";
  if (source === "derived") {
    return isConnected
      ? "uses the default consent at its own Token URL"
      : "uses the default consent, and the default connection is not connected: it gets no token";
  }
  if (!isConnected) return "uses the default connection, which is not connected: it gets no token";
  return `uses the default connection${account ? ` (${account})` : ""}`;
}
