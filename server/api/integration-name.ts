import { z } from "@hono/zod-openapi";
import { AppError } from "@/lib/errors";

export const nameParameter = z.string().openapi({ description: "The integration's name; case matters." });

/** The same for a name that nobody could have given and for one that is not there. */
export function integrationNotFound(name: string): AppError {
  const shown = name.length > 64 ? `${name.slice(0, 64)}…` : name;
  return new AppError(
    "integration_not_found",
    `There is no integration "${shown}" for this organization, and no global one. Check the name (case matters), or create it under Settings → Integrations.`,
  );
}
