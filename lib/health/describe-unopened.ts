import type { UnopenedRecords } from "./find-unopened-records.ts";

/** One line for the operator: which records do not open, and why. Names no secret. */
export function describeUnopened(found: UnopenedRecords[]): string {
  return found.map(describe).join("; ");
}

/** What to do about them. */
export function adviceOnUnopened(found: UnopenedRecords[]): string {
  const missing = idsOf(found, "missing");
  const other = idsOf(found, "other");
  const advice = [
    ...(missing.length > 0 ? [`Add ${missing.join(", ")} back to BIFROST_ENCRYPTION_KEYS.`] : []),
    ...(other.length > 0
      ? [`Give ${other.join(", ")} in BIFROST_ENCRYPTION_KEYS the key it was before.`]
      : []),
    "Where a key is lost, enter the secrets anew and reconnect.",
  ];
  return advice.join(" ");
}

function describe({ table, column, keyId, reason, count, names }: UnopenedRecords): string {
  const rest = reason === "other" ? 0 : count - names.length;
  const listed = [...names, ...(rest > 0 ? [`${rest} more`] : [])].join(", ");
  const where = `${table}.${column}: `;
  if (reason === "malformed") return `${where}${count} hold no sealed text (${listed})`;
  if (reason === "missing")
    return `${where}${count} sealed with "${keyId}", which is not in the list (${listed})`;
  return `${where}up to ${count} sealed with another "${keyId}" than the list has, or altered (such as ${listed})`;
}

function idsOf(found: UnopenedRecords[], reason: UnopenedRecords["reason"]): string[] {
  return [...new Set(found.filter((each) => each.reason === reason).map(({ keyId }) => `"${keyId}"`))];
}
