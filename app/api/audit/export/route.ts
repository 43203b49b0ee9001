import { optionalWebContext } from "@/app/context";
import { errorResponse } from "@/app/json-response";
import { AUDIT_EXPORT_FORMATS, exportAuditLog } from "@/lib/audit/export-audit-log";
import { auditFilterSchema } from "@/lib/audit/filter";
import { assertSameOrigin } from "@/lib/auth/same-origin";
import { AppError, fieldError } from "@/lib/errors";

const TYPES = {
  csv: "text/csv; charset=utf-8; header=present",
  jsonl: "application/x-ndjson; charset=utf-8",
};

/** Every entry of the audit log that matches the screen's filters, as a download that is written while it is read. */
export async function POST(request: Request): Promise<Response> {
  try {
    const ctx = await optionalWebContext();
    if (!ctx) throw new AppError("unauthenticated", "You are signed out. Sign in again.");
    assertSameOrigin(request, ctx.publicUrl);
    const fields = Object.fromEntries(await request.formData());
    const format = AUDIT_EXPORT_FORMATS.find((known) => known === fields["format"]);
    if (!format) throw fieldError("format", `Choose one of ${AUDIT_EXPORT_FORMATS.join(", ")}.`);
    const pieces = await exportAuditLog(ctx, auditFilterSchema.parse(fields), format);
    const name = `audit-log-${ctx.now().toISOString().slice(0, 10)}.${format}`;
    return new Response(streamOf(pieces), {
      headers: {
        "content-type": TYPES[format],
        "content-disposition": `attachment; filename="${name}"`,
        "cache-control": "no-store",
      },
    });
  } catch (error) {
    return errorResponse(error);
  }
}

/** Asks for a piece when the one before is on its way; whoever stops downloading stops the reading too. */
function streamOf(pieces: AsyncGenerator<string, void, void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await pieces.return();
    },
  });
}
