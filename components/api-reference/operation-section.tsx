import type { ApiDocument, ApiOperation, JsonSchema } from "@/lib/api-document";
import { MemberTable, membersOf } from "./member-table";
import { SchemaType } from "./schema-type";

export interface OperationSectionProps {
  document: ApiDocument;
  method: string;
  path: string;
  operation: ApiOperation;
}

/** One call: what it takes, a command to try it with, and every answer. */
export function OperationSection({ document, method, path, operation }: OperationSectionProps) {
  const { operationId, summary, description, parameters = [], requestBody, responses } = operation;
  const bodySchema = requestBody?.content?.["application/json"]?.schema;
  const body = bodySchema && resolve(document, bodySchema);
  return (
    <section
      aria-labelledby={operationId}
      className="flex scroll-mt-6 flex-col gap-3 border-t border-line pt-6"
    >
      <h2 id={operationId} className="scroll-mt-6 font-mono text-base font-semibold wrap-anywhere">
        {method.toUpperCase()} {path}
      </h2>
      <p>{summary}.</p>
      {description && <p className="text-muted">{description}</p>}
      {parameters.length > 0 && (
        <MemberTable
          caption={`Parameters of ${operationId}`}
          members={parameters.map(({ name, in: place, required = false, description: meaning, schema }) => ({
            name,
            place,
            required,
            description: meaning,
            schema,
          }))}
        />
      )}
      {body && (
        <>
          <h3 className="font-medium">Body</h3>
          <MemberTable caption={`Body of ${operationId}`} members={membersOf(body, true)} />
        </>
      )}
      <h3 className="font-medium">Try it</h3>
      <pre
        role="region"
        tabIndex={0}
        aria-label={`Command for ${operationId}`}
        className="overflow-x-auto rounded-lg border border-line bg-sunken p-3 font-mono text-sm"
      >
        {commandFor(document, method, path, body)}
      </pre>
      <h3 className="font-medium">Answers</h3>
      <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm">
        {Object.entries(responses).map(([status, { description: meaning, content }]) => {
          const schema = Object.values(content ?? {})[0]?.schema;
          return (
            <div key={status} className="contents">
              <dt className="font-mono">{status}</dt>
              <dd className="text-muted">
                {meaning}{" "}
                {schema && (
                  <span className="font-mono wrap-anywhere text-ink">
                    <SchemaType schema={schema} />
                  </span>
                )}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}

function resolve(document: ApiDocument, schema: JsonSchema): JsonSchema {
  const name = schema.$ref?.split("/").at(-1);
  return name === undefined ? schema : (document.components.schemas[name] ?? {});
}

function commandFor(
  document: ApiDocument,
  method: string,
  path: string,
  body: JsonSchema | undefined,
): string {
  const url = `${document.servers[0]?.url ?? ""}${path.replace("{name}", "Microsoft_Graph")}`;
  const lines = [
    `curl ${method === "get" ? "" : `-X ${method.toUpperCase()} `}'${url}'`,
    `-H "Authorization: Bearer $BIFROST_API_KEY"`,
  ];
  if (body) {
    const example = Object.fromEntries((body.required ?? []).map((name) => [name, "…"]));
    lines.push(`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(example)}'`);
  }
  return lines.join(" \\\n  ");
}
