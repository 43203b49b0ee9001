import type { z } from "zod";
import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { endSession } from "@/lib/auth/sessions";
import { parseInput } from "@/lib/errors";
import { requireUser } from "./require-user.ts";
import { endSessionSchema } from "./schema.ts";

/** Ends one of the caller's own sessions. One that is over, or somebody else's, changes nothing and says nothing. */
export async function endOwnSession(
  ctx: Pick<Ctx, "actor" | "db" | "now">,
  input: z.input<typeof endSessionSchema>,
): Promise<void> {
  const actor = requireUser(ctx.actor);
  const { sessionId } = parseInput(endSessionSchema, input);
  await ctx.db.prisma.$transaction(async (tx) => {
    if (!(await endSession(tx, actor.id, sessionId))) return;
    await recordAudit(tx, actor, ctx.now(), {
      action: "user.end_session",
      target: { type: "user", id: actor.id, label: actor.label },
      organizationId: actor.organizationId,
      after: { sessionId },
    });
  });
}
