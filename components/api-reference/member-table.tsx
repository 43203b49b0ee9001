import type { JsonSchema } from "@/lib/api-document";
import { SchemaType } from "./schema-type";

export interface Member {
  name: string;
  /** Where a parameter stands: "path", "query". */
  place?: string;
  required: boolean;
  description?: string | undefined;
  schema: JsonSchema;
}

/** Parameters or members of an object: name, type, what it means. */
export function MemberTable({ caption, members }: { caption: string; members: Member[] }) {
  return (
    // Long types scroll inside; what scrolls must be reachable by keyboard. No region: there are too many for landmarks.
    <div
      role="group"
      aria-label={caption}
      tabIndex={0}
      className="overflow-x-auto rounded-lg border border-line"
    >
      <table className="w-full min-w-lg text-left text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead className="bg-sunken text-muted">
          <tr>
            <th scope="col" className="w-1/4 px-3 py-2 font-medium">
              Name
            </th>
            <th scope="col" className="w-1/3 px-3 py-2 font-medium">
              Type
            </th>
            <th scope="col" className="px-3 py-2 font-medium">
              Meaning
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {members.map(({ name, place, required, description, schema }) => (
            <tr key={name} className="align-top">
              <th scope="row" className="px-3 py-2 font-mono font-normal">
                {name}
                {place && <span className="block font-sans text-xs text-faint">in the {place}</span>}
              </th>
              <td className="px-3 py-2 font-mono wrap-anywhere">
                <SchemaType schema={schema} />
              </td>
              <td className="px-3 py-2 text-muted">
                {required ? "Required. " : ""}
                {description ?? schema.description}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function membersOf({ properties = {}, required = [] }: JsonSchema, showsRequired: boolean): Member[] {
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    required: showsRequired && required.includes(name),
    schema,
  }));
}
