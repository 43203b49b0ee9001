import { definePreset } from "@/lib/presets/schema";

export const slack = definePreset({
  id: "slack",
  name: "Slack",
  title: "Slack",
  description: "Slack API connection",
  category: "Communication",
  letters: "SL",
  docsUrl: "https://docs.slack.dev/authentication/installing-with-oauth",
  setupSteps: [
    "On api.slack.com/apps choose Create New App, From scratch.",
    "Under OAuth & Permissions add the Redirect URI shown here, which must be https.",
    "There too, add the bot token scopes that stand here under Scopes.",
    "Under Basic Information copy the Client ID and the Client Secret.",
  ],
  blanks: [
    { field: "clientId", label: "Client ID", hint: "Under Basic Information, App Credentials." },
    { field: "clientSecret", label: "Client Secret", hint: "There too; choose Show." },
  ],
  flowType: "authorization_code",
  authorizationUrl: "https://slack.com/oauth/v2/authorize",
  tokenUrl: "https://slack.com/api/oauth.v2.access",
  identityUrl: "https://slack.com/api/auth.test",
  scopes: ["users:read"],
  scopeSeparator: ",",
  // Slack takes PKCE only from apps that switched it on, which makes them public clients for good.
  pkce: false,
  entityIdHint: "the customer's workspace (team) ID",
  apiHosts: ["slack.com"],
  baseUrl: "https://slack.com/api",
  testUrl: "https://slack.com/api/users.list?limit=5",
  deadTokenAnswers: [{ status: 200, match: "invalid_refresh_token" }],
  notes: [
    "Slack tokens do not expire unless token rotation is switched on for the app; then they live 12 hours and are refreshed here.",
    "For a user token instead of a bot token, empty Scopes and add user_scope to the authorization parameters under Advanced.",
    "For bot tokens Slack takes only https Redirect URIs: a server on http://localhost cannot be connected.",
  ],
});
