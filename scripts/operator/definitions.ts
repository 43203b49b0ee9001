import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";

import type { Ctx } from "@/lib/auth/context";
import { exportIntegration } from "@/lib/definitions/export-integration";
import { importIntegration } from "@/lib/definitions/import-integration";
import { previewImport } from "@/lib/definitions/preview-import";
import { requireNamedIntegration } from "@/lib/definitions/queries";
import type { ImportResult } from "@/lib/definitions/schema";
import { AppError, fieldError } from "@/lib/errors";

/** The definition of the integration of this name. */
export async function exportDefinition(
  ctx: Ctx,
  { name, organization }: { name: string; organization?: string },
): Promise<{ name: string; text: string }> {
  const { id } = await requireNamedIntegration(ctx, { name, organizationId: organization ?? null });
  return exportIntegration(ctx, { integrationId: id });
}

export interface ImportOptions {
  file: string;
  organization?: string;
  yes?: boolean;
  /** The word that a preview gave for what it would drop; bare, none. */
  acceptDrops?: string | boolean;
}

/** Previews a definition's import and, when told to, imports it; says so as an object and as lines. */
export async function importDefinition(
  ctx: Ctx,
  { file, organization, yes = false, acceptDrops }: ImportOptions,
): Promise<{ object: Record<string, unknown>; lines: string[] }> {
  const text = readText(file);
  const input = { text, organizationId: organization ?? null };
  const preview = await previewImport(ctx, input);
  const { drops, act } = preview;
  const word = drops.length > 0 ? wordFor(drops) : null;
  const flags = word === null ? "--yes" : `--yes --accept-drops ${word}`;
  if (!yes || act === "none") {
    const next =
      act === "none" ? [] : ["", `Nothing was changed. Import it by the same command with ${flags}.`];
    return {
      object: { imported: false, ...wire(preview), accept_drops: word },
      lines: [...linesOf(preview), ...next],
    };
  }
  if (word !== null && acceptDrops !== word) {
    throw new AppError(
      "conflict",
      `${drops.join(" ")} Nothing was imported. Import it by the same command with ${flags}.`,
    );
  }
  const done = await importIntegration(ctx, {
    ...input,
    expectedVersion: preview.version,
    acceptDrops: drops,
  });
  return {
    object: { imported: true, id: done.id, ...wire(done) },
    lines: [...linesOf(done), "", "Imported."],
  };
}

/** Another one where more or something else would be dropped, so that nobody accepts what they were not shown. */
function wordFor(drops: readonly string[]): string {
  return createHash("sha256").update(drops.join("\n")).digest("hex").slice(0, 8);
}

const STANDARD_INPUT = 0;

function readText(file: string): string {
  try {
    if (file !== "-" && !statSync(file).isFile()) throw new Error("This is no file.");
    return readFileSync(file === "-" ? STANDARD_INPUT : file, "utf8");
  } catch {
    throw fieldError("file", `Cannot read ${file}. Check the path and who may read it.`);
  }
}

function wire({ act, name, organization, changes, effects, drops, notices, byHand }: ImportResult) {
  return {
    act,
    name,
    organization_id: organization?.id ?? null,
    changes,
    effects,
    drops,
    notices,
    by_hand: byHand,
  };
}

const ACTS = { create: "Creates", update: "Changes", none: "Changes nothing in" } as const;

function linesOf({
  act,
  name,
  organization,
  changes,
  effects,
  drops,
  notices,
  byHand,
}: ImportResult): string[] {
  return [
    `${ACTS[act]} ${name} (${organization?.name ?? "Global"}).`,
    ...changes.map(({ path, before, after }) => {
      if (before === null) return `+ ${path}: ${oneLine(after)}`;
      return after === null
        ? `- ${path}: ${oneLine(before)}`
        : `~ ${path}: ${oneLine(before)} → ${oneLine(after)}`;
    }),
    ...section("Stored values:", effects),
    ...section("Dropped:", drops),
    ...section("After the import:", notices),
    ...section("By hand, then:", byHand),
  ];
}

/** A text of a file cannot break out of its line, nor speak to the terminal. */
function oneLine(text: string | null): string {
  // oxlint-disable-next-line no-control-regex
  return (text ?? "").replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ");
}

function section(title: string, items: string[]): string[] {
  return items.length === 0 ? [] : ["", title, ...items.map((item) => `  ${item}`)];
}
