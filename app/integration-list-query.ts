import { integrationListQuery, type IntegrationListQuery } from "@/lib/integrations/schema";

/** The list's state from its address. Where nothing is said about sorting, what needs attention comes first. */
export function readListQuery(params: Record<string, string | undefined>): IntegrationListQuery {
  return integrationListQuery.parse({ sort: "status", ...params });
}
