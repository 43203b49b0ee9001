import { definePreset } from "@/lib/presets/schema";

export const hudu = definePreset({
  id: "hudu",
  name: "Hudu",
  title: "Hudu",
  description: "Hudu API connection",
  category: "Documentation",
  letters: "HU",
  setupSteps: [
    "In Hudu, open Admin, API Keys as an administrator, and create a key.",
    "Limit it to what your workflows need, and copy it.",
  ],
  blanks: [
    {
      field: "config.base_url",
      label: "Base URL",
      hint: "https://acme.huducloud.com/api/v1, or your own server's address with /api/v1.",
    },
    { field: "config.api_key", label: "API key", hint: "From Admin, API Keys." },
  ],
  configFields: [
    {
      key: "base_url",
      label: "Base URL",
      required: true,
      description: "Your Hudu address with /api/v1",
    },
    {
      key: "api_key",
      label: "API key",
      type: "secret",
      required: true,
      description: "A key from Admin, API Keys",
    },
  ],
  flowType: null,
  auth: { type: "headers", headers: { "x-api-key": "{api_key}" } },
  testPath: "/companies?page_size=1",
  entityIdHint: "the customer's company ID in Hudu",
});
