import { z } from "@hono/zod-openapi";
import { fieldError } from "@/lib/errors";

const scopeParameter = z.string().max(100).optional();

export const scopeParameters = {
  scope: scopeParameter.openapi({
    description:
      "An organization's id, or \"global\" for the defaults alone; left out: the key's own organization.",
  }),
  org_id: scopeParameter.openapi({ description: "The same as `scope`." }),
};

/** @throws AppError `validation_failed` where the two names of one thing disagree */
export function oneScope({
  scope,
  org_id: orgId,
}: {
  scope?: string | undefined;
  org_id?: string | undefined;
}): string | undefined {
  if (scope !== undefined && orgId !== undefined && scope.toLowerCase() !== orgId.toLowerCase()) {
    throw fieldError("org_id", "scope and org_id name different organizations. Send one of them.");
  }
  return scope ?? orgId;
}
