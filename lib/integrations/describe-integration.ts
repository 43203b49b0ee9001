import type { Prisma } from "@/lib/db/generated/client";
import type { CreateIntegrationInput, UpdateIntegrationInput } from "./schema";

/** What of an integration goes into the audit log: every setting by value, every secret only as what was done to it. */
export function describeIntegration(
  input: CreateIntegrationInput | UpdateIntegrationInput,
): Prisma.InputJsonObject {
  const { oauth, config, ...settings } = input;
  return JSON.parse(
    JSON.stringify({ ...settings, config, oauth: oauth && describeOAuthClient(oauth) }),
  ) as Prisma.InputJsonObject;
}

function describeOAuthClient(oauth: NonNullable<CreateIntegrationInput["oauth"]>) {
  const { clientSecret, clearClientSecret, privateKey, clearPrivateKey, ...settings } = oauth;
  return {
    ...settings,
    clientSecret: secretAct(clientSecret, clearClientSecret),
    privateKey: secretAct(privateKey, clearPrivateKey),
  };
}

function secretAct(entered: string | null | undefined, cleared: boolean): "entered" | "cleared" | "kept" {
  if (entered) return "entered";
  return cleared ? "cleared" : "kept";
}
