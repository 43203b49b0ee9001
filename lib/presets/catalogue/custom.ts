import { definePreset } from "@/lib/presets/schema";

export const custom = definePreset({
  id: "custom",
  name: "",
  title: "Custom",
  description: "",
  category: "Any service",
  letters: "+",
  setupSteps: [
    "At the service, create an OAuth app and give it the Redirect URI shown here.",
    "Copy its Client ID and Client Secret, and the service's Authorization URL and Token URL.",
  ],
  blanks: [
    { field: "clientId", label: "Client ID", hint: "From the app you made at the service." },
    { field: "clientSecret", label: "Client Secret", hint: "From the app you made at the service." },
    { field: "authorizationUrl", label: "Authorization URL", hint: "Where the service asks for consent." },
    { field: "tokenUrl", label: "Token URL", hint: "Where the service gives and refreshes tokens." },
  ],
  flowType: "authorization_code",
  notes: [
    "Many services give a refresh token only when asked, often by the OAuth scope offline_access.",
    "A service that gives no refresh token can be connected too; the connection then expires visibly and asks for a reconnect.",
  ],
});
