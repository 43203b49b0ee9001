import { definePreset } from "@/lib/presets/schema";

export const zoom = definePreset({
  id: "zoom",
  name: "Zoom",
  title: "Zoom",
  description: "Zoom API connection",
  category: "Communication",
  letters: "ZM",
  docsUrl: "https://developers.zoom.us/docs/integrations/oauth/",
  setupSteps: [
    "On marketplace.zoom.us choose Develop, Build App, General App.",
    "Paste the Redirect URI shown here as OAuth Redirect URL, and add it to the allow list.",
    "Under Scopes add what your workflows need, and at least viewing a user.",
    "Copy the Client ID and the Client Secret.",
  ],
  blanks: [
    {
      field: "clientId",
      label: "Client ID",
      hint: "Under App Credentials; Production and Development differ.",
    },
    { field: "clientSecret", label: "Client Secret", hint: "Of the same environment as the Client ID." },
  ],
  flowType: "authorization_code",
  authorizationUrl: "https://zoom.us/oauth/authorize",
  tokenUrl: "https://zoom.us/oauth/token",
  revocationUrl: "https://zoom.us/oauth/revoke",
  identityUrl: "https://api.zoom.us/v2/users/me",
  tokenEndpointAuthMethod: "client_secret_basic",
  entityIdHint: "the customer's Zoom account ID",
  apiHosts: ["api.zoom.us"],
  baseUrl: "https://api.zoom.us/v2",
  testUrl: "https://api.zoom.us/v2/users/me",
  refreshTokenIdleDays: 90,
  notes: [
    "Scopes may stay empty: Zoom grants what is chosen in the app.",
    "Refresh tokens work once and die after 90 days without use.",
  ],
});
