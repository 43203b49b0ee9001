import { notFound } from "next/navigation";
import { cache } from "react";
import { z } from "zod";
import { webContext } from "@/app/context";
import { AppError } from "@/lib/errors";
import { getIntegration } from "@/lib/integrations/queries";
import type { IntegrationView } from "@/lib/integrations/schema";

/** The integration of this address, read once per request; null where there is none to see. */
export const findIntegrationView = cache(async (id: string): Promise<IntegrationView | null> => {
  if (!z.uuid().safeParse(id).success) return null;
  try {
    return await getIntegration(await webContext(), id);
  } catch (error) {
    if (error instanceof AppError && error.code === "integration_not_found") return null;
    throw error;
  }
});

/** As {@link findIntegrationView}; shows the not-found screen where there is none. */
export async function loadIntegrationView(id: string): Promise<IntegrationView> {
  return (await findIntegrationView(id)) ?? notFound();
}
