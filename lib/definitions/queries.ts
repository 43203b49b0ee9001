import type { Ctx } from "@/lib/auth/context";
import type { Tx } from "@/lib/db/client";
import type { Prisma } from "@/lib/db/generated/client";
import type { JsonValue } from "@/lib/integrations/rules";
import { integrationNotFound, visibleIntegrations } from "@/lib/integrations/queries";
import { camelCase } from "./rules";
import { type Definition, type DefinitionOAuth, FORMAT, OAUTH_SETTINGS } from "./schema";

/** What of an integration its definition is made of. */
export const definitionParts = {
  oauthClient: true,
  configFields: { orderBy: { position: "asc" }, include: { values: { where: { mappingId: null } } } },
} satisfies Prisma.IntegrationInclude;

type DefinedIntegration = Prisma.IntegrationGetPayload<{ include: typeof definitionParts }>;

/** The definition of an integration as it is stored; secrets stay where they are. */
export function definitionOf(row: DefinedIntegration): Definition {
  return {
    bifrost: FORMAT,
    name: row.name,
    description: row.description,
    preset: row.presetId,
    entity_data_provider: row.entityDataProvider,
    default_entity_id: row.defaultEntityId,
    test_url: row.testUrl,
    api_hosts: row.apiHosts,
    organization_policy: row.organizationPolicy as Definition["organization_policy"],
    lend_default_to_api_keys: row.lendsDefaultToKeys,
    oauth: row.oauthClient && oauthOf(row.oauthClient),
    config_schema: row.configFields.map(({ key, type, required, description, values: [stored] }) => ({
      key,
      type,
      required,
      description,
      default: type === "secret" ? null : ((stored?.value ?? null) as JsonValue),
    })),
  };
}

function oauthOf(client: NonNullable<DefinedIntegration["oauthClient"]>): DefinitionOAuth {
  const columns: Record<string, unknown> = { ...client };
  return Object.fromEntries(
    OAUTH_SETTINGS.map((name) => [name, columns[camelCase(name)] ?? null]),
  ) as unknown as DefinitionOAuth;
}

/** The integration of this name among the global ones, or among the organization's own; null where there is none. */
export async function findNamedIntegration(
  db: Pick<Tx, "integration">,
  ctx: Ctx,
  { name, organizationId }: { name: string; organizationId: string | null },
): Promise<{ id: string; version: number } | null> {
  return db.integration.findFirst({
    where: { AND: [{ name, organizationId }, visibleIntegrations(ctx.actor)] },
    select: { id: true, version: true },
  });
}

/**
 * As {@link findNamedIntegration}, for the command line.
 * @throws AppError `integration_not_found`
 */
export async function requireNamedIntegration(
  ctx: Ctx,
  named: { name: string; organizationId: string | null },
): Promise<{ id: string }> {
  const found = await findNamedIntegration(ctx.db.prisma, ctx, named);
  if (!found) throw integrationNotFound();
  return found;
}
