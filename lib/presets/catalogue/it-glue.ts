import { definePreset } from "@/lib/presets/schema";

export const itGlue = definePreset({
  id: "it-glue",
  name: "IT_Glue",
  title: "IT Glue",
  description: "IT Glue API connection",
  category: "Documentation",
  letters: "IG",
  docsUrl: "https://api.itglue.com/developer/",
  setupSteps: [
    "In IT Glue, open Account, Settings, API Keys as an administrator.",
    "Generate a custom API key, and copy it: it is not shown again.",
    "In the European or Australian data center, change the Base URL to https://api.eu.itglue.com or https://api.au.itglue.com.",
  ],
  blanks: [{ field: "config.api_key", label: "API key", hint: "It begins with ITG." }],
  configFields: [
    {
      key: "base_url",
      label: "Base URL",
      required: true,
      description: "The API of your data center",
      defaultValue: "https://api.itglue.com",
    },
    { key: "api_key", label: "API key", type: "secret", required: true, description: "A custom API key" },
  ],
  flowType: null,
  auth: { type: "headers", headers: { "x-api-key": "{api_key}" } },
  testPath: "/organizations?page[size]=1",
  entityIdHint: "the customer's organization ID in IT Glue",
  notes: ["Requests with a body need the content type application/vnd.api+json."],
});
