import { recordAudit } from "@/lib/audit/record-audit";
import type { Ctx } from "@/lib/auth/context";
import { endSessions } from "@/lib/auth/sessions";
import { requireUser } from "./require-user.ts";

/** Ends every session of the caller, this one too. */
export async function signOutEverywhere(
  ctx: Pick<Ctx, "actor" | "db" | "now">,
): Promise<{ endedSessions: number }> {
  const actor = requireUser(ctx.actor);
  return ctx.db.prisma.$transaction(async (tx) => {
    const endedSessions = await endSessions(tx, actor.id);
    await recordAudit(tx, actor, ctx.now(), {
      action: "user.sign_out_everywhere",
      target: { type: "user", id: actor.id, label: actor.label },
      organizationId: actor.organizationId,
      after: { endedSessions },
    });
    return { endedSessions };
  });
}
