"use server";

import { runAction } from "@/app/run-action";
import type { ConfigurationActions } from "@/components/config/configuration-actions";
import { previewSchemaChange } from "@/lib/config/preview-schema-change";
import { setDefaults } from "@/lib/config/set-defaults";
import { updateConfigSchema } from "@/lib/config/update-config-schema";

type Input<Name extends keyof ConfigurationActions> = Parameters<ConfigurationActions[Name]>[0];
type Answer<Name extends keyof ConfigurationActions> = ReturnType<ConfigurationActions[Name]>;

export async function previewSchemaAction(input: Input<"preview">): Answer<"preview"> {
  return runAction(async (ctx) => (await previewSchemaChange(ctx, input)).changes);
}

export async function saveSchemaAction(input: Input<"saveSchema">): Answer<"saveSchema"> {
  return runAction(async (ctx) => {
    const { version } = await updateConfigSchema(ctx, input);
    return { version };
  });
}

export async function saveDefaultsAction(input: Input<"saveDefaults">): Answer<"saveDefaults"> {
  return runAction((ctx) => setDefaults(ctx, input));
}
