import { definePreset } from "@/lib/presets/schema";

export const hubSpot = definePreset({
  id: "hubspot",
  name: "HubSpot",
  title: "HubSpot",
  description: "HubSpot API connection",
  category: "CRM",
  letters: "HS",
  docsUrl: "https://developers.hubspot.com/docs/api-reference/latest/authentication/manage-oauth-tokens",
  setupSteps: [
    "In HubSpot's developer tools, create an app that uses OAuth, or open the one you have.",
    "In its auth settings add the Redirect URI shown here as a redirect URL.",
    "Give the app the same scopes that stand here under Scopes.",
    "Copy the Client ID and the Client secret.",
  ],
  blanks: [
    { field: "clientId", label: "Client ID", hint: "In the app's auth settings." },
    { field: "clientSecret", label: "Client Secret", hint: "In the app's auth settings." },
    {
      field: "config.app_host",
      label: "App host",
      hint: "The part before .hubspot.com where you sign in: app, or app-eu1 for an account hosted in Europe.",
    },
  ],
  configFields: [
    {
      key: "app_host",
      label: "App host",
      type: "string",
      required: true,
      description: "The part before .hubspot.com where you sign in, such as app or app-eu1",
      defaultValue: "app",
    },
  ],
  flowType: "authorization_code",
  authorizationUrl: "https://{app_host}.hubspot.com/oauth/authorize",
  tokenUrl: "https://api.hubapi.com/oauth/2026-03/token",
  revocationUrl: "https://api.hubapi.com/oauth/2026-03/token/revoke",
  identityUrl: "https://api.hubapi.com/account-info/2026-03/details",
  scopes: ["oauth", "crm.objects.contacts.read"],
  entityIdHint: "the customer's HubSpot account (hub) ID",
  apiHosts: ["api.hubapi.com"],
  baseUrl: "https://api.hubapi.com",
  testUrl: "https://api.hubapi.com/account-info/2026-03/details",
  notes: [
    "Scopes must be exactly those that the app requires in HubSpot; otherwise HubSpot refuses the consent.",
    "Access tokens live 30 minutes and are refreshed here.",
    "HubSpot ends its older /oauth/v1 URLs on 16 February 2027; this preset uses the newer ones.",
  ],
});
