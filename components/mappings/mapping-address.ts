import { addressOf } from "@/components/patterns/list-params";
import type { MappingListQuery } from "@/lib/mappings/schema";

export function mappingsHref(integrationId: string, query: Partial<MappingListQuery> = {}): string {
  const { filter, ...rest } = query;
  return addressOf(`/settings/integrations/${integrationId}/mappings`, {
    ...rest,
    filter: filter === "all" ? undefined : filter,
  });
}

export function mappingHref(integrationId: string, organizationId: string): string {
  return `/settings/integrations/${integrationId}/mappings/${organizationId}`;
}

/** The query of the list's address, as the list's route handler takes it. */
export function mappingsSearch(query: MappingListQuery): string {
  return mappingsHref("", query).split("?")[1] ?? "";
}
