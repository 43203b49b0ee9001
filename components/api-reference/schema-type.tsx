import type { JsonSchema } from "@/lib/api-document";

/** A schema's type in words, with links to the schemas that have a name. */
export function SchemaType({ schema }: { schema: JsonSchema }) {
  if (schema.$ref) {
    const name = schema.$ref.split("/").at(-1) ?? "";
    return (
      <a href={`#schema-${name}`} className="text-accent underline underline-offset-2">
        {name}
      </a>
    );
  }
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices) {
    return choices.map((choice, index) => (
      <span key={index}>
        {index > 0 && " | "}
        <SchemaType schema={choice} />
      </span>
    ));
  }
  if (schema.enum) return <>{schema.enum.map((value) => JSON.stringify(value)).join(" | ")}</>;
  if (schema.items) {
    return (
      <>
        <SchemaType schema={schema.items} />
        []
      </>
    );
  }
  const types = [schema.type ?? "any"].flat().map((type) => (type === "object" ? objectWords(schema) : type));
  return <>{[...types, ...details(schema)].join(" | ").replaceAll(" | (", " (")}</>;
}

function objectWords({ properties, additionalProperties }: JsonSchema): string {
  if (properties) return `{ ${Object.keys(properties).join(", ")} }`;
  return additionalProperties ? "object by key" : "object";
}

function details({ format, minimum, maximum, maxLength }: JsonSchema): string[] {
  if (format) return [`(${format})`];
  if (maxLength !== undefined) return [`(at most ${maxLength} characters)`];
  const hasRange = minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  return hasRange ? [`(${minimum} to ${maximum})`] : [];
}
