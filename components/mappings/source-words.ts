import type { ConnectionSource } from "@/lib/integrations/rules";

/** Which connection an organization is served by, in a word. */
export function sourceWord(source: ConnectionSource | null): string {
  if (source === null) return "None";
  return { organization: "Own", default: "Default", derived: "Derived" }[source];
}

export interface Whose {
  source: ConnectionSource | null;
  /** Whose token it is. */
  entityId: string | null;
  isOtherEntity: boolean;
}

/** That a token would belong to another entity than the organization's; null where it does not. */
export function mismatchInWords({ source, entityId, isOtherEntity }: Whose, ownEntityId: string | null) {
  if (!isOtherEntity) return null;
  const which =
    source === "default"
      ? "The default connection's token"
      : `Its ${source === "derived" ? "derived" : "own connection's"} token`;
  return `${which} belongs to entity ${entityId ?? "unknown"}, not to ${ownEntityId ?? "this organization's"}: scripts would act there.`;
}
