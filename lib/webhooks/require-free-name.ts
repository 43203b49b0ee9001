import type { Tx } from "@/lib/db/client";
import { fieldError } from "@/lib/errors";

/** @throws AppError `validation_failed` where another endpoint has the name, capitals aside */
export async function requireFreeName(tx: Tx, name: string, ownId?: string): Promise<void> {
  const taken = await tx.webhookEndpoint.findFirst({
    where: { name: { equals: name, mode: "insensitive" }, id: { not: ownId } },
    select: { id: true },
  });
  if (taken) throw fieldError("name", `There is a webhook called ${name} already. Choose another name.`);
}
