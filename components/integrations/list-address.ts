import type { IntegrationListQuery } from "@/lib/integrations/schema";

/** The list's state as the query of its address, without what is as at first. */
export function listSearch(query: IntegrationListQuery): string {
  const params = new URLSearchParams();
  if (query.q !== "") params.set("q", query.q);
  if (query.status) params.set("status", query.status);
  if (query.availableTo) params.set("availableTo", query.availableTo);
  if (query.sort !== "status") params.set("sort", query.sort);
  if (query.page > 1) params.set("page", String(query.page));
  return params.toString();
}

export function listHref(query: IntegrationListQuery, change: Partial<IntegrationListQuery>): string {
  const search = listSearch({ ...query, page: 1, ...change });
  return search ? `/settings/integrations?${search}` : "/settings/integrations";
}
