import { definePreset } from "@/lib/presets/schema";

export const pax8 = definePreset({
  id: "pax8",
  name: "Pax8",
  title: "Pax8",
  description: "Pax8 partner API connection",
  category: "Cloud marketplace",
  letters: "P8",
  docsUrl: "https://devx.pax8.com",
  setupSteps: [
    "In the Pax8 app, sign in as a partner administrator and open Settings, Integrations.",
    "On the Credentials tab, copy the Client ID and the Client Secret.",
  ],
  blanks: [
    { field: "clientId", label: "Client ID", hint: "From the Credentials tab of the Pax8 integrations." },
    { field: "clientSecret", label: "Client Secret", hint: "Beside the Client ID." },
  ],
  flowType: "client_credentials",
  tokenUrl: "https://api.pax8.com/v1/token",
  audience: "https://api.pax8.com",
  tokenRequestFormat: "json",
  entityIdHint: "the customer's company ID in Pax8",
  apiHosts: ["api.pax8.com"],
  baseUrl: "https://api.pax8.com/v1",
  testUrl: "https://api.pax8.com/v1/companies?page=0&size=10",
  notes: [
    "Pax8 needs no consent: Connect fetches a token at once, and no Redirect URI has to be registered.",
    "Pax8 sometimes rejects a token before it expires. After a 401 the SDK's fetch gets a new one and tries again; other code calls oauth.refresh().",
  ],
});
