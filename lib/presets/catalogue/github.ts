import { definePreset } from "@/lib/presets/schema";

export const gitHub = definePreset({
  id: "github",
  name: "GitHub",
  title: "GitHub",
  description: "GitHub API connection",
  category: "Development",
  letters: "GH",
  docsUrl: "https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps",
  setupSteps: [
    "In GitHub, open Settings, Developer settings, OAuth Apps (of the organization, for a company's app) and choose New OAuth App.",
    "Paste the Redirect URI shown here as Authorization callback URL.",
    "Copy the Client ID, choose Generate a new client secret, and copy that too.",
  ],
  blanks: [
    { field: "clientId", label: "Client ID", hint: "On the OAuth App's page." },
    { field: "clientSecret", label: "Client Secret", hint: "Shown once, when you generate it." },
  ],
  flowType: "authorization_code",
  authorizationUrl: "https://github.com/login/oauth/authorize",
  tokenUrl: "https://github.com/login/oauth/access_token",
  identityUrl: "https://api.github.com/user",
  issuer: "https://github.com/login/oauth",
  scopes: ["read:user", "read:org"],
  entityIdHint: "the customer's organization name on GitHub",
  apiHosts: ["api.github.com", "uploads.github.com"],
  baseUrl: "https://api.github.com",
  testUrl: "https://api.github.com/user",
  deadTokenAnswers: [{ status: 200, match: "bad_refresh_token" }],
  notes: [
    "Tokens of a GitHub OAuth App do not expire and are never refreshed; they end when somebody revokes them or nobody uses them for a year.",
    "GitHub reports errors with HTTP status 200; they are shown as errors all the same.",
    "An organization that restricts third-party access must approve the app before its data can be read.",
  ],
});
