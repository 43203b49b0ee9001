import { definePreset } from "@/lib/presets/schema";

export const ninjaOne = definePreset({
  id: "ninjaone",
  name: "NinjaOne",
  title: "NinjaOne",
  description: "NinjaOne API connection",
  category: "Service management",
  letters: "NO",
  docsUrl: "https://www.ninjaone.com/docs/application-programming-interface-api/oauth-token-configuration",
  setupSteps: [
    "In NinjaOne, open Administration, Apps, API, Client App IDs and choose Add.",
    "Choose the application platform Web, and paste the Redirect URI shown here.",
    "Tick the scopes Monitoring and Management, and the grant types Authorization Code and Refresh Token.",
    "Save, and copy the Client ID and the Client Secret: the secret is shown once.",
  ],
  blanks: [
    {
      field: "config.region",
      label: "Region",
      hint: "The part before .ninjarmm.com where you sign in: app, us2, eu, ca or oc.",
    },
    { field: "clientId", label: "Client ID", hint: "From Client App IDs." },
    { field: "clientSecret", label: "Client Secret", hint: "Shown once, when the app is saved." },
  ],
  configFields: [
    {
      key: "region",
      label: "Region",
      type: "string",
      required: true,
      description: "The part before .ninjarmm.com where you sign in: app, us2, eu, ca or oc",
    },
  ],
  flowType: "authorization_code",
  authorizationUrl: "https://{region}.ninjarmm.com/ws/oauth/authorize",
  tokenUrl: "https://{region}.ninjarmm.com/ws/oauth/token",
  scopes: ["monitoring", "management", "offline_access"],
  entityIdHint: "the customer's organization ID in NinjaOne",
  baseUrl: "https://{region}.ninjarmm.com",
  testUrl: "https://{region}.ninjarmm.com/v2/organizations?pageSize=5",
  notes: [
    "One region refuses the OAuth scope offline_access. If Connect fails with invalid_scope, take it out of Scopes and connect again.",
    "Add the OAuth scope control only where workflows need remote access, and tick it in NinjaOne too.",
    "A branded NinjaOne address: replace {region}.ninjarmm.com in the URLs by that host.",
  ],
});
