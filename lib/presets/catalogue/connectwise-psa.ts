import { definePreset } from "@/lib/presets/schema";

export const connectWisePsa = definePreset({
  id: "connectwise-psa",
  name: "ConnectWise_PSA",
  title: "ConnectWise PSA",
  description: "ConnectWise PSA (Manage) API connection",
  category: "Service management",
  letters: "CW",
  docsUrl: "https://developer.connectwise.com/Products/Manage/REST",
  setupSteps: [
    "In ConnectWise PSA, open System, Members, API Members, and add one with a security role that may do no more than your workflows need.",
    "On its API Keys tab add a key, and copy the public and the private key before you close it: the private key is not shown again.",
    "On the ConnectWise developer site, create a client ID for your company.",
    "Outside North America, or on premises, change the Base URL to your server's.",
  ],
  blanks: [
    { field: "config.company_id", label: "Company ID", hint: "The company that you enter at sign-in." },
    { field: "config.public_key", label: "Public key", hint: "From the API member's API Keys tab." },
    { field: "config.private_key", label: "Private key", hint: "Shown once, beside the public key." },
    { field: "config.client_id", label: "Client ID", hint: "From the ConnectWise developer site." },
  ],
  configFields: [
    {
      key: "base_url",
      label: "Base URL",
      required: true,
      description: "Where the API is: api-na, api-eu, api-au or your own server",
      defaultValue: "https://api-na.myconnectwise.net/v4_6_release/apis/3.0",
    },
    {
      key: "company_id",
      label: "Company ID",
      required: true,
      description: "The company entered at sign-in to ConnectWise PSA",
    },
    {
      key: "public_key",
      label: "Public key",
      required: true,
      description: "The public key of an API member",
    },
    {
      key: "private_key",
      label: "Private key",
      type: "secret",
      required: true,
      description: "The private key of the same API member",
    },
    {
      key: "client_id",
      label: "Client ID",
      required: true,
      description: "The client ID from the ConnectWise developer site, sent with each request",
    },
  ],
  flowType: null,
  auth: {
    type: "basic",
    username: "{company_id}+{public_key}",
    password: "{private_key}",
    headers: { clientId: "{client_id}" },
  },
  testPath: "/system/info",
  entityIdHint: "the customer's company ID in ConnectWise PSA",
  notes: ["ConnectWise PSA refuses requests without a client ID."],
});
