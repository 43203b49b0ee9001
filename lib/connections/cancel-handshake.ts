import { z } from "zod";
import type { Ctx } from "@/lib/auth/context";
import { AppError, parseInput } from "@/lib/errors";
import { loadIntegration } from "./load-integration";

const input = z.object({ integrationId: z.uuid() });

/** Stops waiting for the consents that this person began; another person's go on. */
export async function cancelHandshake(ctx: Ctx, raw: unknown): Promise<void> {
  const { integrationId } = parseInput(input, raw);
  if (ctx.actor.type !== "user")
    throw new AppError("permission_denied", "Only a signed-in person can do this.");
  await loadIntegration(ctx, integrationId, "connections.connect");
  await ctx.db.prisma.handshake.deleteMany({
    where: { integrationId, mappingId: null, userId: ctx.actor.id },
  });
}
