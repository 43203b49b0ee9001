"use server";

import { runAction, type ActionResult } from "@/app/run-action";
import { importIntegration } from "@/lib/definitions/import-integration";
import { previewImport } from "@/lib/definitions/preview-import";
import type { ImportPreview, ImportResult } from "@/lib/definitions/schema";

export async function previewImportAction(form: FormData): Promise<ActionResult<ImportPreview>> {
  return runAction((ctx) => previewImport(ctx, definitionOf(form)));
}

export async function importIntegrationAction(
  form: FormData,
): Promise<ActionResult<ImportResult & { id: string }>> {
  const version = form.get("expectedVersion");
  const expectedVersion = version === "" || version === null ? null : Number(version);
  const acceptDrops = form.getAll("acceptDrops");
  return runAction((ctx) => importIntegration(ctx, { ...definitionOf(form), expectedVersion, acceptDrops }));
}

function definitionOf(form: FormData) {
  return { text: form.get("text") ?? "", organizationId: form.get("organizationId") || null };
}
