import { notFound } from "next/navigation";
import { cache } from "react";
import { z } from "zod";
import { webContext } from "@/app/context";
import { AppError } from "@/lib/errors";
import { getIntegration } from "@/lib/integrations/queries";
import type { IntegrationView } from "@/lib/integrations/schema";

/** The integration of this address, read once per request; shows the not-found screen where there is none to see. */
export const loadIntegrationView = cache(async (id: string): Promise<IntegrationView> => {
  if (!z.uuid().safeParse(id).success) notFound();
  try {
    return await getIntegration(await webContext(), id);
  } catch (error) {
    if (error instanceof AppError && error.code === "integration_not_found") notFound();
    throw error;
  }
});
