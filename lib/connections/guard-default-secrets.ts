import type { Ctx } from "@/lib/auth/context";
import { may } from "@/lib/auth/permissions";
import { AppError } from "@/lib/errors";
import type { JsonValue } from "@/lib/integrations/rules";
import { listPlaceholders, resolveUrlTemplate } from "@/lib/oauth/templates";
import type { Preset } from "@/lib/presets/schema";
import { buildTestRequest } from "./build-test-request";
import type { Target } from "./load-target";
import { templateValues } from "./rules";

/**
 * Refuses to send a default secret where an organization's overrides lead and the defaults do not: who may set an override
 * may not see the secret, and could read it at a host of his own.
 * @throws AppError `permission_denied` for everybody but those who may set the secret
 */
export function guardDefaultSecrets(ctx: Ctx, target: Target, preset: Preset | null, url: string): void {
  const { integration, mapping, fields } = target;
  if (mapping === null || may(ctx.actor, "integrations.write", integration.organizationId)) return;
  const used = new Set(authTexts(preset).flatMap(listPlaceholders));
  const sent = fields.filter(({ key, sealed, isOverride }) => sealed && !isOverride && used.has(key));
  if (sent.length === 0 || defaultOrigin(target, preset) === new URL(url).origin) return;
  const names = sent.map(({ key }) => key).join(", ");
  throw new AppError(
    "permission_denied",
    `This organization's overrides lead to ${new URL(url).origin}, which the default ${names} was not given for. Ask a platform admin to test it, or override ${names} as well.`,
  );
}

function authTexts(preset: Preset | null): string[] {
  const auth = preset?.auth;
  if (!auth) return [];
  const basic = auth.type === "basic" ? [auth.username, auth.password] : [];
  return [...Object.entries(auth.headers).flat(), ...basic, preset.testPath ?? ""];
}

/** Where the defaults alone would ask; null where they do not say. */
function defaultOrigin({ integration }: Target, preset: Preset | null): string | null {
  const fields = integration.configFields.map(({ key, type, values: [stored] }) => ({
    key,
    type,
    required: false,
    // A secret's own text does not matter here, only that the request can be made.
    value: type === "secret" ? "secret" : ((stored?.value ?? undefined) as JsonValue | undefined),
  }));
  const values = templateValues(integration.defaultEntityId, fields);
  const options = { allowedHostSuffixes: integration.apiHosts };
  const testUrl =
    integration.testUrl === null ? null : resolveUrlTemplate(integration.testUrl, values, options);
  if (testUrl?.ok === false) return null;
  const auth = preset?.auth ?? null;
  const testPath = preset?.testPath ?? null;
  const request = buildTestRequest({ auth, testUrl: testUrl?.url ?? null, testPath, fields });
  return request.ok ? new URL(request.url).origin : null;
}
