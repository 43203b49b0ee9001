import { definePreset } from "@/lib/presets/schema";

export const dropbox = definePreset({
  id: "dropbox",
  name: "Dropbox",
  title: "Dropbox",
  description: "Dropbox API connection",
  category: "Files",
  letters: "DB",
  docsUrl: "https://developers.dropbox.com/oauth-guide",
  setupSteps: [
    "On dropbox.com/developers/apps choose Create app, with scoped access.",
    "On the Permissions tab tick account_info.read and files.metadata.read, and submit.",
    "On the Settings tab add the Redirect URI shown here.",
    "Copy the App key into Client ID and the App secret into Client Secret.",
  ],
  blanks: [
    { field: "clientId", label: "Client ID", hint: "The App key on the Settings tab." },
    { field: "clientSecret", label: "Client Secret", hint: "The App secret beside it; choose Show." },
  ],
  flowType: "authorization_code",
  authorizationUrl: "https://www.dropbox.com/oauth2/authorize",
  tokenUrl: "https://api.dropboxapi.com/oauth2/token",
  identityUrl: "https://api.dropboxapi.com/2/users/get_current_account",
  identityMethod: "POST",
  scopes: ["account_info.read", "files.metadata.read"],
  authorizationParams: { token_access_type: "offline" },
  entityIdHint: "the customer's Dropbox team ID",
  apiHosts: ["api.dropboxapi.com", "content.dropboxapi.com"],
  baseUrl: "https://api.dropboxapi.com/2",
  refreshTokensReusable: true,
  notes: [
    "Dropbox gives a refresh token only with token_access_type=offline, which is set under Advanced.",
    "All calls of the Dropbox API are POST, so there is no test URL: Test connection says only whether the token is valid.",
    "Disconnect forgets the tokens here; the app itself is removed in the Dropbox account under Connected apps.",
  ],
});
