import type { Ctx } from "@/lib/auth/context";
import { requirePermission } from "@/lib/auth/permissions";
import { parseInput } from "@/lib/errors";
import { carryOut, IMPORT_TIMEOUT_MS, type Imported, inOwnWords } from "./import-integration";
import { readDefinition } from "./read-definition";
import { type ImportPreview, previewImportInput } from "./schema";

/**
 * Says what importing a definition would change. It is the import itself, taken back at its end: what the preview shows
 * is what would be stored.
 * @throws AppError as `importIntegration`, but for what is dropped
 */
export async function previewImport(ctx: Ctx, raw: unknown): Promise<ImportPreview> {
  const { text, organizationId } = parseInput(previewImportInput, raw);
  requirePermission(ctx.actor, "integrations.write", organizationId);
  const read = readDefinition(text);
  const { version, result } = await inOwnWords(read, () =>
    takenBack(ctx, (tx) => carryOut(ctx, tx, read, organizationId)),
  );
  return { ...result, version };
}

/** Carries the import's result out of a transaction that must not be kept. */
class TakenBack extends Error {
  constructor(readonly imported: Imported) {
    super("The preview is done.");
  }
}

async function takenBack(
  ctx: Ctx,
  work: (tx: Parameters<typeof carryOut>[1]) => Promise<Imported>,
): Promise<Imported> {
  try {
    return await ctx.db.prisma.$transaction<never>(
      async (tx) => {
        throw new TakenBack(await work(tx));
      },
      { timeout: IMPORT_TIMEOUT_MS },
    );
  } catch (error) {
    if (error instanceof TakenBack) return error.imported;
    throw error;
  }
}
