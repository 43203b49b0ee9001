"use server";

import { revalidatePath } from "next/cache";
import { type FormState, runAction, runForm } from "@/app/run-action";
import type { CreatedKey } from "@/components/api-keys/created-api-key";
import type { ActionResult } from "@/components/integrations/action-result";
import { createApiKey } from "@/lib/api-keys/create-api-key";
import { revokeApiKey } from "@/lib/api-keys/revoke-api-key";
import { expiryAfterDays } from "@/lib/api-keys/rules";
import { apiKeyFormSchema, KEY_LIFETIMES } from "@/lib/api-keys/schema";

export async function createApiKeyAction(
  _last: FormState<CreatedKey> | null,
  form: FormData,
): Promise<FormState<CreatedKey>> {
  return runForm(form, { schema: apiKeyFormSchema }, (value) =>
    runAction(async (ctx) => {
      const { lifetime, integrations, organizations, integrationIds, organizationIds, ...input } = value;
      const { apiKey, key } = await createApiKey(ctx, {
        ...input,
        integrationIds: integrations === "named" ? integrationIds : null,
        organizationIds: organizations === "named" ? organizationIds : null,
        expiresAt: expiryAfterDays(ctx.now(), KEY_LIFETIMES[lifetime]),
      });
      return { name: apiKey.name, key };
    }),
  );
}

export async function revokeApiKeyAction(id: string): Promise<ActionResult<null>> {
  const result = await runAction(async (ctx) => {
    await revokeApiKey(ctx, { id });
    return null;
  });
  revalidatePath("/settings/api-keys");
  return result;
}
