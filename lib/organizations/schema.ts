import { z } from "zod";

export const organizationName = z
  .string({ error: "Enter a name." })
  .trim()
  .min(1, "Enter a name.")
  .max(200, "Use at most 200 characters.");

export const createOrganizationSchema = z.object({ name: organizationName });
export type CreateOrganizationInput = z.input<typeof createOrganizationSchema>;

export interface OrganizationSummary {
  id: string;
  name: string;
  kind: "provider" | "managed";
  isActive: boolean;
}
