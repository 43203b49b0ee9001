import { z } from "zod";
import { API_KEY_PERMISSIONS, type ApiKeyPermission } from "@/lib/auth/actor";
import { storable } from "@/lib/storable";

const name = storable(z.string({ error: "Enter a name that says who uses the key." }))
  .trim()
  .min(1, "Enter a name that says who uses the key.")
  .max(100, "Shorten the name to at most 100 characters.");

const permissions = z
  .array(z.enum(API_KEY_PERMISSIONS, { error: `Choose from ${API_KEY_PERMISSIONS.join(", ")}.` }), {
    error: "Choose at least one permission.",
  })
  .min(1, "Choose at least one permission.")
  .transform((chosen) => API_KEY_PERMISSIONS.filter((permission) => chosen.includes(permission)));

const organizationId = z.uuid("Choose an organization.");

const MAX_NAMED = 200;

/** Ids that a key is limited to, each once. */
function namedIds(what: string) {
  return z
    .array(z.uuid(`Choose ${what}s from the list.`), { error: `Choose at least one ${what}.` })
    .min(1, `Choose at least one ${what}, or do not limit the key.`)
    .max(MAX_NAMED, `Choose at most ${MAX_NAMED} ${what}s.`)
    .transform((ids) => [...new Set(ids)]);
}
const integrationIds = namedIds("integration");
const organizationIds = namedIds("organization");

export const createApiKeySchema = z.object({
  name,
  /** Left out: the provider organization, or for a managed organization's admin their own. */
  organizationId: organizationId.optional(),
  permissions,
  /** Null or left out: all that the key's organization may use. */
  integrationIds: integrationIds.nullish(),
  /** Null or left out: all. A key of the provider organization only. */
  organizationIds: organizationIds.nullish(),
  /** Null or left out: never. */
  expiresAt: z.date({ error: "Enter a date and time." }).nullish(),
});
export type CreateApiKeyInput = z.input<typeof createApiKeySchema>;

export const KEY_LIFETIMES = { never: null, "30": 30, "90": 90, "365": 365 } as const;
const lifetimes = Object.keys(KEY_LIFETIMES) as [keyof typeof KEY_LIFETIMES];

const reach = z.enum(["all", "named"], { error: "Choose one." }).default("all");

/** The form for a new key. The named ones are judged by {@link createApiKeySchema}, once it is known that they count. */
export const apiKeyFormSchema = z.object({
  name,
  organizationId,
  permissions,
  integrations: reach,
  integrationIds: z.array(storable(z.string())).default([]),
  organizations: reach,
  organizationIds: z.array(storable(z.string())).default([]),
  lifetime: z.enum(lifetimes, { error: "Choose when the key expires." }),
});

export const revokeApiKeySchema = z.object({ id: z.uuid() });

/** A key as lists show it: its beginning tells keys apart, the rest is known to nobody. */
export interface ApiKeySummary {
  id: string;
  name: string;
  prefix: string;
  organization: { id: string; name: string };
  permissions: ApiKeyPermission[];
  /** What the key is limited to, by name; null: not limited. */
  integrations: string[] | null;
  organizations: string[] | null;
  status: "active" | "expired" | "revoked";
  expiresAt: string | null;
  lastUsedAt: string | null;
  createdAt: string;
  createdBy: string | null;
}

export interface ApiKeyPage {
  rows: ApiKeySummary[];
  total: number;
  page: number;
  pageCount: number;
}

export const API_KEY_PAGE_SIZE = 50;
