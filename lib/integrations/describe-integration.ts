import { textOf } from "@/lib/config/rules";
import type { Prisma } from "@/lib/db/generated/client";
import type { JsonValue } from "./rules";
import { createIntegrationInput, oauthClientInput } from "./schema";

/** What a description is made of. */
export const describedParts = {
  oauthClient: true,
  configFields: { include: { values: { where: { mappingId: null } } } },
} satisfies Prisma.IntegrationInclude;
export type DescribedIntegration = Prisma.IntegrationGetPayload<{ include: typeof describedParts }>;

const { oauth: _oauth, config: _config, ...settings } = createIntegrationInput.shape;
const SETTINGS = Object.keys(settings) as (keyof typeof settings)[];

const {
  clientSecret: _secret,
  clearClientSecret: _clearSecret,
  privateKey: _key,
  clearPrivateKey: _clearKey,
  ...clientSettings
} = oauthClientInput.shape;
const CLIENT_SETTINGS = Object.keys(clientSettings) as (keyof typeof clientSettings)[];

/**
 * What of a stored integration goes into the audit log, before a change and after it alike: every setting by value, every
 * secret only as `"set"`, or with `before` as what was done to it.
 * @param keys - the config fields whose defaults belong to it
 */
export function describeIntegration(
  row: DescribedIntegration,
  keys: ReadonlySet<string>,
  before: DescribedIntegration = row,
): Prisma.InputJsonObject {
  const { oauthClient: client } = row;
  const was = before.oauthClient;
  const described = {
    ...Object.fromEntries(SETTINGS.map((name) => [name, row[name]])),
    config: Object.fromEntries(
      row.configFields
        .filter(({ key }) => keys.has(key))
        .map(({ key, type, values: [value] }) => [
          key,
          value === undefined ? null : type === "secret" ? "set" : textOf(value.value as JsonValue),
        ]),
    ),
    oauth: client && {
      ...Object.fromEntries(CLIENT_SETTINGS.map((name) => [name, client[name]])),
      clientSecret: secretAct(was?.clientSecret ?? null, client.clientSecret),
      privateKey: secretAct(was?.privateKey ?? null, client.privateKey),
    },
  };
  return JSON.parse(JSON.stringify(described)) as Prisma.InputJsonObject;
}

/** Compares ciphertexts, of which no two are the same unless nobody touched them. */
function secretAct(before: string | null, after: string | null): "set" | "changed" | "cleared" | null {
  if (before === after) return after === null ? null : "set";
  if (after === null) return "cleared";
  return before === null ? "set" : "changed";
}
