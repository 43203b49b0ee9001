import { SettingError } from "@/lib/env";
import { AppError } from "@/lib/errors";

import type { Report } from "./doctor.ts";

/** One JSON object, or lines for a person. */
export function print(json: boolean | undefined, object: Record<string, unknown>, lines: string[]): void {
  console.log(json === true ? JSON.stringify(object) : lines.join("\n"));
}

/** One line that says what to do; with `--json` the same as an object. */
export function printFailure(json: boolean, error: unknown): void {
  const { code, message } = describe(error);
  if (json) console.log(JSON.stringify({ error: { code, message } }));
  console.error(message);
}

function describe(error: unknown): { code: string; message: string } {
  if (error instanceof AppError) {
    const fields = error.errors.filter((field) => field.message !== error.message);
    const details = fields.map((field) => `${field.path}: ${field.message}`);
    return { code: error.code, message: [error.message, ...details].join(" ") };
  }
  if (error instanceof SettingError) return { code: "setting_wrong", message: error.message };
  return {
    code: "internal_error",
    message: "Something went wrong that should not; the lines above say where.",
  };
}

const MARKS = { ok: "ok  ", warn: "warn", fail: "FAIL" } as const;

/** Every check, what is wrong, and what to do about it. */
export function printReport(json: boolean | undefined, report: Report): void {
  const lines = report.checks.flatMap(({ name, status, message, action }) => [
    `${MARKS[status]}  ${name}: ${message}`,
    ...(action === undefined ? [] : [`      → ${action}`]),
  ]);
  print(json, { ...report }, [...lines, report.ok ? "Nothing is in the way." : "Mend what says FAIL."]);
}
