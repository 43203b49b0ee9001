import { mappingHref } from "@/components/mappings/mapping-address";
import { statusWord } from "@/components/patterns/status-badge";
import type { HealthCell, HealthPage, HealthRow, TestTarget } from "@/lib/health/schema";

/** One cell of the grid, with whose it is. */
export interface HealthPlace extends TestTarget {
  cell: HealthCell;
  integrationName: string;
  /** "Contoso", "Default connection". */
  who: string;
  href: string;
}

const DEFAULT = "Default connection";

/** A row's cells with their places: the default connection's, then one for each organization. */
export function placesOf(row: HealthRow, columns: HealthPage["columns"]): HealthPlace[] {
  const { id, name } = row.integration;
  const common = { integrationId: id, integrationName: name };
  return [
    {
      ...common,
      cell: row.default,
      organizationId: null,
      who: DEFAULT,
      label: `${DEFAULT}, ${name}`,
      href: `/settings/integrations/${id}`,
    },
    ...columns.flatMap((column, at): HealthPlace[] => {
      const cell = row.cells[at];
      if (!cell) return [];
      return [
        {
          ...common,
          cell,
          organizationId: column.id,
          who: column.name,
          label: `${column.name}, ${name}`,
          href: mappingHref(id, column.id),
        },
      ];
    }),
  ];
}

/** How a cell stands, in words. */
export function cellWords({ status, source }: HealthCell, isDefault: boolean): string {
  if (status === null) return "Not mapped";
  const word = statusWord(status);
  if (source === "default" && !isDefault) return `${word}, by the default connection`;
  return source === "derived" ? `${word}, derived from the default consent` : word;
}

export function isInTrouble({ status, source }: HealthCell, isDefault: boolean): boolean {
  if (status === "incomplete") return true;
  return (status === "degraded" || status === "reconnect_required") && (isDefault || source !== "default");
}
