import { NO_OAUTH, parameterLines, tick, type FormValues } from "@/components/integrations/form-values";
import type { Preset } from "@/lib/presets/schema";

/**
 * What choosing a preset writes into the form. A name or description that the person typed stays; what an earlier
 * preset brought goes with it.
 */
export function valuesOfPreset(preset: Preset, typed: FormValues, previous: Preset | null): FormValues {
  const keep = (name: string, before: string | undefined, next: string) =>
    typed[name] && typed[name] !== before ? typed[name] : next;
  return {
    ...Object.fromEntries((previous?.configFields ?? []).map((field) => [`config.${field.key}`, ""])),
    presetId: preset.id,
    name: keep("name", previous?.name, preset.name),
    description: keep("description", descriptionOf(previous), descriptionOf(preset)),
    defaultEntityId: preset.defaultEntityId ?? "",
    testUrl: preset.testUrl ?? "",
    apiHosts: preset.apiHosts.join("\n"),
    ...Object.fromEntries(
      preset.configFields.map((field) => [`config.${field.key}`, field.defaultValue ?? ""]),
    ),
    "oauth.flowType": preset.flowType ?? NO_OAUTH,
    "oauth.authorizationUrl": preset.authorizationUrl ?? "",
    "oauth.tokenUrl": preset.tokenUrl ?? "",
    "oauth.revocationUrl": preset.revocationUrl ?? "",
    "oauth.identityUrl": preset.identityUrl ?? "",
    "oauth.issuer": preset.issuer ?? "",
    "oauth.scopes": preset.scopes.join(" "),
    "oauth.scopeSeparator": preset.scopeSeparator,
    "oauth.sendScopeOnRefresh": tick(preset.sendScopeOnRefresh),
    "oauth.audience": preset.audience ?? "",
    "oauth.tokenEndpointAuthMethod": preset.tokenEndpointAuthMethod,
    "oauth.tokenRequestFormat": preset.tokenRequestFormat,
    "oauth.pkce": tick(preset.pkce),
    "oauth.authorizationParams": parameterLines(preset.authorizationParams),
    "oauth.tokenParams": parameterLines(preset.tokenParams),
    "oauth.refreshTokensReusable": tick(preset.refreshTokensReusable),
    "oauth.refreshEndsAccessToken": tick(preset.refreshEndsAccessToken),
    "oauth.refreshMarginSeconds": preset.refreshMarginSeconds?.toString() ?? "",
    "oauth.refreshIntervalSeconds": preset.refreshIntervalSeconds?.toString() ?? "",
  };
}

function descriptionOf(preset: Preset | null): string {
  return preset && preset.name !== "" ? preset.description : "";
}

/** The hint that a preset has for one field of the form, by the field's name there. */
export function blankHint(preset: Preset | null, name: string): string | undefined {
  const field = name.replace(/^oauth\./, "");
  return preset?.blanks.find((blank) => blank.field === field)?.hint;
}
