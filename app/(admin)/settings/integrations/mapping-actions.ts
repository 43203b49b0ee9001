"use server";

import { runAction } from "@/app/run-action";
import type { MappingActions } from "@/components/mappings/mapping-actions";
import { setOrganizationPolicy } from "@/lib/integrations/set-organization-policy";
import { deleteMapping } from "@/lib/mappings/delete-mapping";
import { upsertMapping } from "@/lib/mappings/upsert-mapping";

type Input<Name extends keyof MappingActions> = Parameters<MappingActions[Name]>[0];
type Answer<Name extends keyof MappingActions> = ReturnType<MappingActions[Name]>;

export async function saveMappingAction(input: Input<"save">): Answer<"save"> {
  return runAction(async (ctx) => {
    await upsertMapping(ctx, input);
    return null;
  });
}

export async function removeMappingAction(input: Input<"remove">): Answer<"remove"> {
  return runAction(async (ctx) => {
    await deleteMapping(ctx, input);
    return null;
  });
}

export async function setPolicyAction(input: Input<"setPolicy">): Answer<"setPolicy"> {
  return runAction(async (ctx) => {
    await setOrganizationPolicy(ctx, input);
    return null;
  });
}
