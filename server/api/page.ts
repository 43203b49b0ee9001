import { z } from "@hono/zod-openapi";
import { AppError, fieldError } from "@/lib/errors";
import type { ApiKeyActor } from "@/lib/auth/actor";

export const PAGE_SIZE = 100;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const cursorParameter = z
  .string()
  .max(200)
  .optional()
  .openapi({ description: "`next_cursor` of the page before; left out: the first page." });

/** Reads a cursor that {@link pageOf} made. @throws AppError `validation_failed` */
export function readCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const id = Buffer.from(cursor, "base64url").toString("latin1");
  if (UUID.test(id) && writeCursor(id) === cursor) return id;
  throw fieldError(
    "cursor",
    "This is no cursor of this list. Pass the next_cursor of the page before, or none.",
  );
}

/** The cursor of the page after the row with this id. */
export function writeCursor(id: string): string {
  return Buffer.from(id, "latin1").toString("base64url");
}

/** Cuts one page from rows that were read with a limit of {@link PAGE_SIZE} + 1. */
export function pageOf<Row extends { id: string }>(rows: Row[]): { rows: Row[]; nextCursor: string | null } {
  const page = rows.slice(0, PAGE_SIZE);
  const last = page.at(-1);
  return { rows: page, nextCursor: rows.length > PAGE_SIZE && last ? writeCursor(last.id) : null };
}

/** @throws AppError `permission_denied` for a key that may only do other things */
export function requireRead(actor: ApiKeyActor): void {
  if (actor.permissions.includes("integrations:read") || actor.permissions.includes("credentials:read"))
    return;
  throw new AppError(
    "permission_denied",
    "This API key may not read. Use a key with the permission integrations:read or credentials:read.",
  );
}
