import type { ApiDocument } from "@/lib/api-document";
import { MemberTable, membersOf } from "./member-table";
import { OperationSection } from "./operation-section";

/** The whole API reference, read off the OpenAPI document. */
export function ApiReference({ document }: { document: ApiDocument }) {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const schemas = Object.entries(document.components.schemas).filter(([, { properties }]) => properties);
  return (
    <div className="grid gap-8 lg:grid-cols-[16rem_minmax(0,1fr)]">
      <nav aria-label="API reference" className="self-start text-sm lg:sticky lg:top-6">
        <ul className="flex flex-col gap-0.5">
          {operations.map(({ operation: { operationId } }) => (
            <NavItem key={operationId} href={`#${operationId}`} label={operationId} />
          ))}
          <li className="mt-3 font-medium text-muted">Schemas</li>
          {schemas.map(([name]) => (
            <NavItem key={name} href={`#schema-${name}`} label={name} />
          ))}
        </ul>
      </nav>
      <div className="flex min-w-0 flex-col gap-8">
        {operations.map((each) => (
          <OperationSection key={each.operation.operationId} document={document} {...each} />
        ))}
        {schemas.map(([name, schema]) => (
          <section key={name} aria-labelledby={`schema-${name}`} className="flex flex-col gap-3">
            <h2 id={`schema-${name}`} className="scroll-mt-6 font-mono text-base font-semibold">
              {name}
            </h2>
            {schema.description && <p className="text-muted">{schema.description}</p>}
            <MemberTable caption={name} members={membersOf(schema, false)} />
          </section>
        ))}
      </div>
    </div>
  );
}

function NavItem({ href, label }: { href: string; label: string }) {
  return (
    <li>
      <a href={href} className="block rounded px-2 py-1 font-mono wrap-anywhere hover:bg-hover max-lg:py-2.5">
        {label}
      </a>
    </li>
  );
}
