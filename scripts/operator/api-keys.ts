import { z } from "zod";
import type { ApiKeyPermission } from "@/lib/auth/actor";
import type { Ctx } from "@/lib/auth/context";
import { createApiKey } from "@/lib/api-keys/create-api-key";
import { findNamedIntegration } from "@/lib/definitions/queries";
import { fieldError } from "@/lib/errors";

export interface ApiKeyOptions {
  name: string;
  organization?: string;
  permission: ApiKeyPermission[];
  integration?: string[];
  limitOrganization?: string[];
  expires?: string;
}

/** Creates a key as the options say; integrations are named as the key's organization knows them. */
export async function createKey(ctx: Ctx, options: ApiKeyOptions): ReturnType<typeof createApiKey> {
  const { name, organization: organizationId, permission: permissions, limitOrganization } = options;
  return createApiKey(ctx, {
    name,
    organizationId,
    permissions,
    integrationIds: options.integration && (await idsOf(ctx, options.integration, organizationId ?? null)),
    organizationIds: limitOrganization,
    expiresAt: options.expires === undefined ? null : readTime(options.expires),
  });
}

/** An organization's own integration wins over the global one of its name, as where the key is used. */
async function idsOf(ctx: Ctx, names: string[], organizationId: string | null): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) {
    const owned =
      organizationId && (await findNamedIntegration(ctx.db.prisma, ctx, { name, organizationId }));
    const found = owned || (await findNamedIntegration(ctx.db.prisma, ctx, { name, organizationId: null }));
    if (!found) {
      throw fieldError("integration", `There is no integration ${name} that the key could use.`);
    }
    ids.push(found.id);
  }
  return ids;
}

const time = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

function readTime(text: string): Date {
  const parsed = time.safeParse(text);
  if (!parsed.success) {
    throw fieldError(
      "expires",
      `${text} is no date. Write 2027-01-31 (the start of that day, UTC) or 2027-01-31T18:00:00Z.`,
    );
  }
  return new Date(parsed.data);
}
