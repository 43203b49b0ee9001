import { definePreset } from "@/lib/presets/schema";

export const autotask = definePreset({
  id: "autotask",
  name: "Autotask",
  title: "Autotask PSA",
  description: "Autotask PSA API connection",
  category: "Service management",
  letters: "AT",
  docsUrl: "https://autotask.net/help/DeveloperHelp/Content/APIs/REST/REST_API_Home.htm",
  setupSteps: [
    "In Autotask, open Admin, Resources (Users), and add a new API user.",
    "Generate its user name and its secret, and copy both.",
    "Choose your integration vendor, or a custom one, and copy the tracking identifier.",
    "Set the Base URL to your zone: the number in the address that you use Autotask at.",
  ],
  blanks: [
    {
      field: "config.base_url",
      label: "Base URL",
      hint: "https://webservices5.autotask.net/atservicesrest/v1.0 for zone 5.",
    },
    { field: "config.username", label: "User name", hint: "The API user's, not a person's." },
    { field: "config.secret", label: "Secret", hint: "Generated with the API user." },
    {
      field: "config.integration_code",
      label: "Integration code",
      hint: "The tracking identifier of the API user.",
    },
  ],
  configFields: [
    {
      key: "base_url",
      label: "Base URL",
      required: true,
      description: "Your zone's address of the REST API",
    },
    { key: "username", label: "User name", required: true, description: "The API user's name (Key)" },
    { key: "secret", label: "Secret", type: "secret", required: true, description: "The API user's secret" },
    {
      key: "integration_code",
      label: "Integration code",
      type: "secret",
      required: true,
      description: "The API user's tracking identifier",
    },
  ],
  flowType: null,
  auth: {
    type: "headers",
    headers: { ApiIntegrationCode: "{integration_code}", UserName: "{username}", Secret: "{secret}" },
  },
  testPath: "/Companies/entityInformation",
  entityIdHint: "the customer's company ID in Autotask",
  notes: ["Each Autotask database lives in a zone; another zone's address does not answer for it."],
});
