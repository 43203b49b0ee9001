import { definePreset } from "@/lib/presets/schema";

export const salesforce = definePreset({
  id: "salesforce",
  name: "Salesforce",
  title: "Salesforce",
  description: "Salesforce API connection",
  category: "CRM",
  letters: "SF",
  docsUrl:
    "https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_web_server_flow.htm&type=5",
  setupSteps: [
    "In Salesforce Setup, open External Client App Manager and choose New External Client App.",
    "Enable OAuth, and paste the Redirect URI shown here as Callback URL.",
    "Select the OAuth scopes api, refresh_token and openid.",
    "Copy the Consumer Key into Client ID and the Consumer Secret into Client Secret.",
  ],
  blanks: [
    {
      field: "config.login_host",
      label: "Login host",
      hint: "The part before .salesforce.com: login, test for a sandbox, or your My Domain such as acme.my.",
    },
    { field: "clientId", label: "Client ID", hint: "The app's Consumer Key." },
    { field: "clientSecret", label: "Client Secret", hint: "The app's Consumer Secret." },
  ],
  configFields: [
    {
      key: "login_host",
      label: "Login host",
      type: "string",
      required: true,
      description:
        "The part before .salesforce.com where you sign in: login, test, or a My Domain such as acme.my",
      defaultValue: "login",
    },
  ],
  flowType: "authorization_code",
  authorizationUrl: "https://{login_host}.salesforce.com/services/oauth2/authorize",
  tokenUrl: "https://{login_host}.salesforce.com/services/oauth2/token",
  revocationUrl: "https://{login_host}.salesforce.com/services/oauth2/revoke",
  identityUrl: "https://{login_host}.salesforce.com/services/oauth2/userinfo",
  scopes: ["api", "refresh_token", "openid"],
  entityIdHint: "the customer's Salesforce organization ID",
  testUrl: "https://{login_host}.salesforce.com/services/oauth2/userinfo",
  refreshIntervalSeconds: 3_600,
  notes: [
    "API calls go to the address that comes with the token, oauth.extra.instance_url. Enter it as base URL once you know it.",
    "Salesforce does not say when a token expires (its session timeout decides, two hours unless changed). Tokens are refreshed hourly; the interval is under Advanced.",
    "A new app may take some minutes until Salesforce knows it.",
  ],
});
