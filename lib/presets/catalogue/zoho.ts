import { definePreset } from "@/lib/presets/schema";

export const zoho = definePreset({
  id: "zoho",
  name: "Zoho",
  title: "Zoho",
  description: "Zoho CRM API connection",
  category: "CRM",
  letters: "ZO",
  docsUrl: "https://www.zoho.com/accounts/protocol/oauth.html",
  setupSteps: [
    "In the Zoho API Console of your data center (api-console.zoho.com, .eu, .in …) choose Add Client, Server-based Applications.",
    "Paste the Redirect URI shown here as Authorized Redirect URI.",
    "Copy the Client ID and the Client Secret.",
    "Look at the address where you sign in to Zoho, and put its ending into the URLs here.",
  ],
  blanks: [
    { field: "clientId", label: "Client ID", hint: "Begins with 1000." },
    {
      field: "clientSecret",
      label: "Client Secret",
      hint: "With Multi DC, each data center may have its own.",
    },
    {
      field: "authorizationUrl",
      label: "Authorization URL",
      hint: "Replace zoho.com by your data center's: zoho.eu, zoho.in, zoho.com.au, zoho.jp, zoho.com.cn, zoho.sa, zohocloud.ca.",
    },
    { field: "tokenUrl", label: "Token URL", hint: "The same data center as in the Authorization URL." },
  ],
  flowType: "authorization_code",
  authorizationUrl: "https://accounts.zoho.com/oauth/v2/auth",
  tokenUrl: "https://accounts.zoho.com/oauth/v2/token",
  scopes: ["ZohoCRM.users.READ", "ZohoCRM.modules.READ"],
  scopeSeparator: ",",
  authorizationParams: { access_type: "offline", prompt: "consent" },
  entityIdHint: "the customer's Zoho organization ID",
  apiHosts: ["www.zohoapis.com"],
  baseUrl: "https://www.zohoapis.com",
  testUrl: "https://www.zohoapis.com/crm/v8/users?type=CurrentUser",
  refreshTokensReusable: true,
  deadTokenAnswers: [{ status: 200, match: "invalid_code" }],
  notes: [
    "Each data center has servers of its own. Outside the US replace zoho.com and zohoapis.com in every URL, the test URL, base URL and API hosts included; oauth.extra.api_domain says which host the API calls go to.",
    "Zoho names the right server in the callback as accounts-server; a code presented to another data center is refused.",
    "Zoho reports errors with HTTP status 200; they are shown as errors all the same.",
    "A person has at most 20 refresh tokens for a client; one more silently ends the oldest.",
  ],
});
