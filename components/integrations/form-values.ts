import type { IntegrationView, OAuthClientView } from "@/lib/integrations/schema";

/** What stands in the form's fields, by their names; a ticked box is "on", one left empty is "". */
export type FormValues = Readonly<Record<string, string>>;

/** The value of OAuth Flow Type that means No OAuth; never sent. */
export const NO_OAUTH = "none";

const oauthDefaults: FormValues = {
  "oauth.flowType": "authorization_code",
  "oauth.clientId": "",
  "oauth.clientSecret": "",
  "oauth.clearClientSecret": "",
  "oauth.clientSecretExpiresAt": "",
  "oauth.authorizationUrl": "",
  "oauth.tokenUrl": "",
  "oauth.revocationUrl": "",
  "oauth.identityUrl": "",
  "oauth.issuer": "",
  "oauth.scopes": "",
  "oauth.scopeSeparator": " ",
  "oauth.sendScopeOnRefresh": "",
  "oauth.audience": "",
  "oauth.tokenEndpointAuthMethod": "client_secret_post",
  "oauth.tokenRequestFormat": "form",
  "oauth.pkce": "on",
  "oauth.authorizationParams": "",
  "oauth.tokenParams": "",
  "oauth.privateKey": "",
  "oauth.clearPrivateKey": "",
  "oauth.privateKeyId": "",
  "oauth.privateKeyAlgorithm": "",
  "oauth.refreshTokensReusable": "",
  "oauth.unansweredPolicy": "retry",
  "oauth.refreshEndsAccessToken": "",
  "oauth.refreshMarginSeconds": "",
  "oauth.refreshIntervalSeconds": "",
};

/** A form in which nothing is typed yet. */
export const blankValues: FormValues = {
  organizationId: "",
  presetId: "",
  name: "",
  description: "",
  entityDataProvider: "",
  defaultEntityId: "",
  testUrl: "",
  apiHosts: "",
  ...oauthDefaults,
};

/** The values of the settings form of an integration that is there. */
export function valuesOfIntegration(view: IntegrationView): FormValues {
  return {
    id: view.id,
    version: String(view.version),
    name: view.name,
    description: view.description,
    entityDataProvider: view.entityDataProvider ?? "",
    defaultEntityId: view.defaultEntityId ?? "",
    testUrl: view.testUrl ?? "",
    apiHosts: view.apiHosts.join("\n"),
    ...Object.fromEntries(view.configFields.map((field) => [`config.${field.key}`, field.value ?? ""])),
    ...(view.oauth ? valuesOfOAuthClient(view.oauth) : { ...oauthDefaults, "oauth.flowType": NO_OAUTH }),
  };
}

function valuesOfOAuthClient(client: OAuthClientView): FormValues {
  return {
    ...oauthDefaults,
    "oauth.flowType": client.flowType,
    "oauth.clientId": client.clientId,
    "oauth.clientSecretExpiresAt": client.clientSecretExpiresAt?.slice(0, 10) ?? "",
    "oauth.authorizationUrl": client.authorizationUrl ?? "",
    "oauth.tokenUrl": client.tokenUrl,
    "oauth.revocationUrl": client.revocationUrl ?? "",
    "oauth.identityUrl": client.identityUrl ?? "",
    "oauth.issuer": client.issuer ?? "",
    "oauth.scopes": client.scopes.join(" "),
    "oauth.scopeSeparator": client.scopeSeparator,
    "oauth.sendScopeOnRefresh": tick(client.sendScopeOnRefresh),
    "oauth.audience": client.audience ?? "",
    "oauth.tokenEndpointAuthMethod": client.tokenEndpointAuthMethod,
    "oauth.tokenRequestFormat": client.tokenRequestFormat,
    "oauth.pkce": tick(client.pkce),
    "oauth.authorizationParams": parameterLines(client.authorizationParams),
    "oauth.tokenParams": parameterLines(client.tokenParams),
    "oauth.privateKeyId": client.privateKeyId ?? "",
    "oauth.privateKeyAlgorithm": client.privateKeyAlgorithm ?? "",
    "oauth.refreshTokensReusable": tick(client.refreshTokensReusable),
    "oauth.unansweredPolicy": client.unansweredPolicy,
    "oauth.refreshEndsAccessToken": tick(client.refreshEndsAccessToken),
    "oauth.refreshMarginSeconds": client.refreshMarginSeconds?.toString() ?? "",
    "oauth.refreshIntervalSeconds": client.refreshIntervalSeconds?.toString() ?? "",
  };
}

export function tick(on: boolean): string {
  return on ? "on" : "";
}

export function parameterLines(parameters: Record<string, string>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join("\n");
}

/** The form as it is sent: without OAuth none of its fields, so that the schema reads No OAuth. */
export function toFormData(values: FormValues): FormData {
  const data = new FormData();
  const usesOAuth = values["oauth.flowType"] !== NO_OAUTH;
  for (const [name, value] of Object.entries(values)) {
    if (usesOAuth || !name.startsWith("oauth.")) data.append(name, value);
  }
  return data;
}

/** Names of the fields in which two fillings of the form differ. */
export function changedFields(left: FormValues, right: FormValues): string[] {
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].filter(
    (name) => name !== "version" && (left[name] ?? "") !== (right[name] ?? ""),
  );
}
