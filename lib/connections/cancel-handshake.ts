import type { Ctx } from "@/lib/auth/context";
import { AppError } from "@/lib/errors";
import { loadTarget } from "./load-target";

/** Stops waiting for the consents that this person began; another person's go on. */
export async function cancelHandshake(ctx: Ctx, raw: unknown): Promise<void> {
  if (ctx.actor.type !== "user")
    throw new AppError("permission_denied", "Only a signed-in person can do this.");
  const { integration, mapping } = await loadTarget(ctx, raw, "connections.connect");
  await ctx.db.prisma.handshake.deleteMany({
    where: { integrationId: integration.id, mappingId: mapping?.id ?? null, userId: ctx.actor.id },
  });
}
