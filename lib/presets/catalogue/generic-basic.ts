import { definePreset } from "@/lib/presets/schema";

export const genericBasic = definePreset({
  id: "generic-basic",
  name: "",
  title: "User name and password",
  description: "",
  category: "Any service",
  letters: "B",
  setupSteps: [
    "At the service, create a user for this integration with no more rights than your workflows need.",
    "Enter its user name and password here; they are sent with each request (Basic authentication).",
  ],
  blanks: [
    { field: "config.base_url", label: "Base URL", hint: "Where the API is, without a path of its own." },
    { field: "config.username", label: "User name", hint: "Without a colon." },
    {
      field: "config.password",
      label: "Password",
      hint: "Or the token that the service takes in its place.",
    },
    { field: "config.test_path", label: "Test path", hint: "A path that answers a GET, such as /me." },
  ],
  configFields: [
    { key: "base_url", label: "Base URL", required: true, description: "Where the API is" },
    { key: "username", label: "User name", required: true, description: "The user's name" },
    {
      key: "password",
      label: "Password",
      type: "secret",
      required: true,
      description: "The user's password",
    },
    { key: "test_path", label: "Test path", required: false, description: "Asked by Test connection" },
  ],
  flowType: null,
  auth: { type: "basic", username: "{username}", password: "{password}" },
  testPath: "{test_path}",
});
