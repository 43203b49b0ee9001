import { z } from "zod";
import { searchWords } from "@/lib/search-words";
import { storable } from "@/lib/storable";

export const organizationName = storable(z.string({ error: "Enter a name." }))
  .trim()
  .min(1, "Enter a name.")
  .max(200, "Use at most 200 characters.");

export const createOrganizationSchema = z.object({ name: organizationName });
export type CreateOrganizationInput = z.input<typeof createOrganizationSchema>;

export const renameOrganizationSchema = z.object({ id: z.uuid(), name: organizationName });
export const organizationIdSchema = z.object({ id: z.uuid() });

export interface OrganizationSummary {
  id: string;
  name: string;
  kind: "provider" | "managed";
  isActive: boolean;
}

export const ORGANIZATION_PAGE_SIZE = 50;

/** The list's state, as it stands in the URL. Made-up values fall back to the defaults. */
export const organizationListQuery = z.object({
  q: searchWords,
  status: z.enum(["active", "inactive"]).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(1_000_000).catch(1).default(1),
});
export type OrganizationListQuery = z.output<typeof organizationListQuery>;

export interface OrganizationListRow extends OrganizationSummary {
  createdAt: string;
  mappings: number;
  activeUsers: number;
  activeKeys: number;
}

export interface OrganizationListPage {
  rows: OrganizationListRow[];
  total: number;
  page: number;
  pageCount: number;
}
