import { definePreset } from "@/lib/presets/schema";

export const haloPsa = definePreset({
  id: "halopsa",
  name: "HaloPSA",
  title: "HaloPSA",
  description: "HaloPSA API connection",
  category: "Service management",
  letters: "HP",
  docsUrl: "https://halo.haloservicedesk.com/apidoc/authorisation",
  setupSteps: [
    "In HaloPSA, open Configuration, Integrations, HaloPSA API, then View Applications and New.",
    "Choose the authentication method Client ID and Secret (Services).",
    "Choose the login type Agent, and an agent made for this integration.",
    "Copy the Client ID and the Client Secret before you save: the secret is not shown again.",
    "On the Permissions tab choose all, or only what your workflows need.",
  ],
  blanks: [
    {
      field: "config.subdomain",
      label: "Subdomain",
      hint: "“acme” for acme.halopsa.com. API Details in HaloPSA shows the address.",
    },
    { field: "clientId", label: "Client ID", hint: "From the application you made in HaloPSA." },
    { field: "clientSecret", label: "Client Secret", hint: "Shown before the application is first saved." },
  ],
  configFields: [
    {
      key: "subdomain",
      label: "Subdomain",
      type: "string",
      required: true,
      description: "The part before .halopsa.com in your HaloPSA address",
    },
  ],
  flowType: "client_credentials",
  authorizationUrl: "https://{subdomain}.halopsa.com/auth/authorize",
  tokenUrl: "https://{subdomain}.halopsa.com/auth/token",
  scopes: ["all"],
  entityIdHint: "the customer's client ID in HaloPSA",
  baseUrl: "https://{subdomain}.halopsa.com/api",
  testUrl: "https://{subdomain}.halopsa.com/api/Tickets?count=5",
  deadTokenAnswers: [{ status: 400, match: "Token not found" }],
  notes: [
    "HaloPSA at an address of your own: replace {subdomain}.halopsa.com in the URLs by that host.",
    "What the API may see is limited by both the application's permissions and the agent's teams.",
    "With Authorization Code, HaloPSA answers a dead refresh token with status 400 and “Token not found”; the connection then asks for a reconnect.",
  ],
});
