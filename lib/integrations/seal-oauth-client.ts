import type { Ctx } from "@/lib/auth/context";
import { seal } from "@/lib/crypto/seal";
import type { Prisma } from "@/lib/db/generated/client";
import type { OAuthClientInput } from "./schema";

type Settings = Omit<Prisma.OAuthClientUncheckedCreateInput, "id" | "integrationId" | keyof SecretColumns>;

/** The columns of an OAuth client that are no secret. */
function plainColumns(input: OAuthClientInput): Settings {
  const {
    clientSecret: _secret,
    clearClientSecret: _clearSecret,
    privateKey: _key,
    clearPrivateKey: _clearKey,
    ...columns
  } = input;
  return columns;
}

interface SecretColumns {
  clientSecret?: string | null;
  clientSecretSetAt?: Date | null;
  clientSecretSetBy?: string | null;
  privateKey?: string | null;
  privateKeySetAt?: Date | null;
  privateKeySetBy?: string | null;
}

/** The secrets to write: sealed where entered, null where cleared, left out (kept) otherwise. */
function secretColumns(ctx: Ctx, id: string, input: OAuthClientInput, clearAll: boolean): SecretColumns {
  const columns: SecretColumns = {};
  for (const field of ["clientSecret", "privateKey"] as const) {
    const entered = input[field];
    const cleared = clearAll || (field === "clientSecret" ? input.clearClientSecret : input.clearPrivateKey);
    if (entered) {
      columns[field] = seal(ctx.keyring, { table: "OAuthClient", id, field }, entered);
      columns[`${field}SetAt`] = ctx.now();
      columns[`${field}SetBy`] = ctx.actor.label;
    } else if (cleared) {
      columns[field] = null;
      columns[`${field}SetAt`] = null;
      columns[`${field}SetBy`] = null;
    }
  }
  return columns;
}

/**
 * The row of an OAuth client as it is to be stored. With `clearSecrets`, a secret that was not entered anew is
 * forgotten: it must not go to the origin that this save names.
 */
export function sealOAuthClient(
  ctx: Ctx,
  id: string,
  input: OAuthClientInput,
  options: { clearSecrets: boolean } = { clearSecrets: false },
): Settings & SecretColumns {
  return { ...plainColumns(input), ...secretColumns(ctx, id, input, options.clearSecrets) };
}
