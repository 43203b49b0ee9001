import { definePreset } from "@/lib/presets/schema";

export const dattoRmm = definePreset({
  id: "datto-rmm",
  name: "Datto_RMM",
  title: "Datto RMM",
  description: "Datto RMM API connection",
  category: "Remote monitoring",
  letters: "DR",
  docsUrl: "https://rmm.datto.com/help/en/Content/2SETUP/APIv2.htm",
  setupSteps: [
    "In Datto RMM, open Setup, Global Settings, Access Control, and turn on Enable API Access.",
    "Open Setup, Users, choose a user made for this integration, and choose Generate API Keys.",
    "Copy the API URL, the API key and the API secret key.",
  ],
  blanks: [
    {
      field: "config.base_url",
      label: "API URL",
      hint: "https://pinotage-api.centrastage.net, for example: the platform's name comes first.",
    },
    { field: "config.api_key", label: "API key", hint: "From the user's API keys." },
    { field: "config.api_secret_key", label: "API secret key", hint: "Beside the API key." },
  ],
  configFields: [
    { key: "base_url", label: "API URL", required: true, description: "The API URL of your platform" },
    { key: "api_key", label: "API key", required: true, description: "The API key of a user" },
    {
      key: "api_secret_key",
      label: "API secret key",
      type: "secret",
      required: true,
      description: "The API secret key of the same user",
    },
  ],
  flowType: null,
  testNote:
    "Datto RMM takes the two keys only in exchange for a token, which Test connection does not ask for. To test them, ask for one from a script, at /auth/oauth/token below the API URL with the password grant.",
  entityIdHint: "the customer's site ID in Datto RMM",
  notes: [
    "Datto RMM takes the two keys only in exchange for a token that lives 100 hours: a script asks for it at /auth/oauth/token with the password grant. Test connection therefore checks only that all values are there.",
    "One account may send 600 requests a minute, whoever of its users sends them.",
  ],
});
