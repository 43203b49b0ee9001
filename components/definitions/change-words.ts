import { labelOf } from "@/components/integrations/field-labels";

const LABELS: Readonly<Record<string, string>> = {
  preset: "Preset",
  organization_policy: "Organizations without a connection of their own",
  lend_default_to_api_keys: "API keys of managed organizations may use the default connection",
  config_schema: "Order of the config fields",
};

/** A setting by its place in a definition, as the screens call it. */
export function labelOfPath(path: string): string {
  const [head = "", ...rest] = path.split(".");
  const known = LABELS[path];
  if (known) return known;
  if (head === "config_schema") {
    const [key, part] = rest;
    return part ? `Config field ${key}: ${part}` : `Config field ${key}`;
  }
  if (head !== "oauth") return labelOf(camelCase(head));
  const [setting = "", ...parameter] = rest;
  const label = labelOf(`oauth.${camelCase(setting)}`);
  return parameter.length > 0 ? `${label}: ${parameter.join(".")}` : label;
}

function camelCase(wireName: string): string {
  return wireName.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** What an import does, in one line. */
export function titleOf(
  act: "create" | "update" | "none",
  { name, owner, count }: { name: string; owner: string; count: number },
): string {
  if (act === "create") return `Creates ${name} (${owner})`;
  if (act === "none") return `${name} (${owner}) is already as this definition says`;
  return `Changes ${count === 1 ? "1 setting" : `${count} settings`} of ${name} (${owner})`;
}
