import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import type { Tx } from "@/lib/db/client";
import { AppError, parseInput } from "@/lib/errors";
import { applyDefinition } from "./apply-definition";
import { findNamedIntegration } from "./queries";
import { type ReadDefinition, readDefinition } from "./read-definition";
import { wirePath } from "./rules";
import { importIntegrationInput, type ImportResult } from "./schema";

/** As long as the longest of the verbs it is made of: a field of ten thousand organizations may be encrypted. */
export const IMPORT_TIMEOUT_MS = 120_000;

export interface Imported {
  id: string;
  /** What was there; null: nothing of this name. */
  version: number | null;
  result: ImportResult;
}

/**
 * Creates or updates the integration of a definition's name, Global or of one organization, in one transaction. Secrets,
 * mappings and connections stay; a client secret goes where URLs lead to a new origin, as by any other edit.
 * @throws AppError `permission_denied`, `organization_not_found`, `payload_too_large`, `validation_failed` with line and
 * path; `conflict` when somebody saved since the preview, or when more or something else would be dropped than
 * `acceptDrops` says: overrides and connections come and go without a new version
 */
export async function importIntegration(ctx: Ctx, raw: unknown): Promise<ImportResult & { id: string }> {
  const { text, organizationId, expectedVersion, acceptDrops } = parseInput(importIntegrationInput, raw);
  requirePermission(ctx.actor, "integrations.write", organizationId);
  const read = readDefinition(text);
  return inOwnWords(read, () =>
    ctx.db.prisma.$transaction(
      async (tx) => {
        const { id, result } = await carryOut(ctx, tx, read, organizationId, expectedVersion);
        if (result.drops.some((words) => !acceptDrops.includes(words)))
          throw dropsRefused(result.drops, acceptDrops.length > 0);
        return { id, ...result };
      },
      { timeout: IMPORT_TIMEOUT_MS },
    ),
  );
}

function dropsRefused(drops: string[], isOther: boolean): AppError {
  const next = isOther
    ? "That is not what the preview said: look at the preview again."
    : "Confirm to drop them.";
  return new AppError("conflict", `${drops.join(" ")} Nothing was imported. ${next}`);
}

/** Applies a definition within a transaction; whether that is kept is the caller's to say. */
export async function carryOut(
  ctx: Ctx,
  tx: Tx,
  { definition }: ReadDefinition,
  organizationId: string | null,
  expectedVersion?: number | null,
): Promise<Imported> {
  const named = { name: definition.name, organizationId };
  const found = await findNamedIntegration(tx, ctx, named);
  if (found) await tx.$queryRaw`SELECT 1 FROM "Integration" WHERE "id" = ${found.id}::uuid FOR UPDATE`;
  const existing = found && (await findNamedIntegration(tx, ctx, named));
  if (expectedVersion !== undefined) requireVersion(existing, expectedVersion);
  const { id, result } = await applyDefinition(ctx, tx, { definition, organizationId, existing });
  const organization =
    organizationId === null
      ? null
      : await tx.organization.findUnique({
          where: { id: organizationId },
          select: { id: true, name: true },
        });
  return { id, version: existing?.version ?? null, result: { ...result, organization } };
}

/** Runs the verbs and tells their complaints by line and path of the text. */
export async function inOwnWords<T>(read: ReadDefinition, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "validation_failed") throw error;
    const fields = read.definition.config_schema;
    const errors = error.errors.map(({ path, message }) => ({ path: wirePath(path, fields), message }));
    throw read.refuse(errors);
  }
}

/** @throws AppError `conflict` where the import was previewed on another state */
function requireVersion(existing: { version: number } | null, expected: number | null): void {
  if ((existing?.version ?? null) === expected) return;
  throw new AppError(
    "conflict",
    "Somebody saved this integration after the preview. Nothing was imported: look at the preview again.",
  );
}
