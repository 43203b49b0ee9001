import { jsonResponse } from "@/app/json-response";
import { assertSameOrigin } from "@/lib/auth/same-origin";
import { testConnection } from "@/lib/connections/test-connection";
import { AppError, type ErrorCode } from "@/lib/errors";

/** What keeps a connection from being tested is what the test found. */
const FINDINGS: readonly ErrorCode[] = ["not_connected", "validation_failed", "conflict"];

/** Tests one connection. A handler and not an action: a browser sends actions one at a time. */
export async function POST(request: Request) {
  return jsonResponse(async (ctx) => {
    assertSameOrigin(request, ctx.publicUrl);
    const input: unknown = await request.json().catch(() => null);
    try {
      const { ok, message } = await testConnection(ctx, input);
      return { ok, message };
    } catch (error) {
      if (error instanceof AppError && FINDINGS.includes(error.code)) {
        return { ok: false, message: error.message };
      }
      throw error;
    }
  });
}
