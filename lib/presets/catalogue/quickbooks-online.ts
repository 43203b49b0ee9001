import { definePreset } from "@/lib/presets/schema";

export const quickBooksOnline = definePreset({
  id: "quickbooks-online",
  name: "QuickBooks_Online",
  title: "QuickBooks Online",
  description: "QuickBooks Online API connection",
  category: "Accounting",
  letters: "QB",
  docsUrl:
    "https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0",
  setupSteps: [
    "On developer.intuit.com create an app with the QuickBooks Online Accounting scope, or open the one you have.",
    "Open its keys, for Production or for Development (sandbox companies).",
    "Add the Redirect URI shown here there.",
    "Copy the Client ID and the Client Secret of the same environment.",
  ],
  blanks: [
    { field: "clientId", label: "Client ID", hint: "Production and Development have different ones." },
    { field: "clientSecret", label: "Client Secret", hint: "Of the same environment as the Client ID." },
  ],
  flowType: "authorization_code",
  authorizationUrl: "https://appcenter.intuit.com/connect/oauth2",
  tokenUrl: "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
  revocationUrl: "https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
  identityUrl: "https://accounts.platform.intuit.com/v1/openid_connect/userinfo",
  scopes: ["com.intuit.quickbooks.accounting", "openid", "profile", "email"],
  tokenEndpointAuthMethod: "client_secret_basic",
  entityIdHint: "the customer's company ID (realm ID)",
  apiHosts: ["quickbooks.api.intuit.com", "sandbox-quickbooks.api.intuit.com"],
  baseUrl: "https://quickbooks.api.intuit.com",
  testUrl: "https://accounts.platform.intuit.com/v1/openid_connect/userinfo",
  refreshTokenIdleDays: 100,
  refreshTokenMaxDays: 1825,
  notes: [
    "QuickBooks says which company was chosen at consent only in the callback; it is kept as realmId, which every API path needs.",
    "The refresh token stays the same for about a day and is then replaced; whatever comes is stored.",
    "With Development keys use sandbox-quickbooks.api.intuit.com, and sandbox-accounts.platform.intuit.com in the identity and test URLs.",
    "Production keys take only https Redirect URIs, and not localhost.",
  ],
});
