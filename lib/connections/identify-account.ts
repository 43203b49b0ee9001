import type { Ctx } from "@/lib/auth/context";
import { fetchAccount } from "@/lib/oauth/fetch-account";
import type { OAuthClientSettings, ServiceAccount, TokenAnswer } from "@/lib/oauth/types";

/**
 * Whose account a grant speaks for: what the token answer says, filled up from the identity request where one is set.
 * A service that will not tell is no reason to fail: the account is then unknown.
 */
export async function identifyAccount(
  ctx: Ctx,
  settings: OAuthClientSettings,
  answer: TokenAnswer,
): Promise<ServiceAccount | null> {
  const known = answer.account;
  if (settings.identityUrl === null || (known?.label && known.tenant)) return known;
  const asked = await fetchAccount(settings, answer.accessToken, { fetch: ctx.fetch }).catch(() => null);
  if (!asked) return known;
  return {
    subject: known?.subject ?? asked.subject,
    label: known?.label ?? asked.label,
    tenant: known?.tenant ?? asked.tenant,
  };
}
