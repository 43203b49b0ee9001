import type { ConfigFieldType, JsonValue } from "@/lib/integrations/rules";

/** A config value as people read it; of a secret only that it is set. */
export function ValueText({ type, value }: { type: ConfigFieldType; value: JsonValue | undefined }) {
  if (type === "secret") {
    return (
      <span className="text-muted">
        <span aria-hidden className="font-mono tracking-widest">
          ••••••••
        </span>
        <span className="sr-only">a secret</span> set
      </span>
    );
  }
  if (type === "bool") return value === true ? "On" : "Off";
  const text = typeof value === "string" && type !== "json" ? value : JSON.stringify(value);
  return <code className="font-mono text-sm wrap-anywhere">{text}</code>;
}
