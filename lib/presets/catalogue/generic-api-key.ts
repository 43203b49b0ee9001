import { definePreset } from "@/lib/presets/schema";

export const genericApiKey = definePreset({
  id: "generic-api-key",
  name: "",
  title: "API key",
  description: "",
  category: "Any service",
  letters: "K",
  setupSteps: [
    "At the service, create an API key with no more rights than your workflows need.",
    "Read in its documentation in which header the key goes, and whether a word such as Bearer stands before it.",
  ],
  blanks: [
    { field: "config.base_url", label: "Base URL", hint: "Where the API is, without a path of its own." },
    { field: "config.api_key", label: "API key", hint: "From the service." },
    { field: "config.test_path", label: "Test path", hint: "A path that answers a GET, such as /me." },
  ],
  configFields: [
    { key: "base_url", label: "Base URL", required: true, description: "Where the API is" },
    { key: "api_key", label: "API key", type: "secret", required: true, description: "The key" },
    {
      key: "header_name",
      label: "Header",
      required: true,
      description: "The header that the key goes in",
      defaultValue: "x-api-key",
    },
    {
      key: "header_prefix",
      label: "Prefix",
      required: false,
      description: "What stands before the key, such as Bearer",
    },
    { key: "test_path", label: "Test path", required: false, description: "Asked by Test connection" },
  ],
  flowType: null,
  auth: { type: "headers", headers: { "{header_name}": "{header_prefix} {api_key}" } },
  testPath: "{test_path}",
});
