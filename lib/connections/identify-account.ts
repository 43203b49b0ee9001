import type { Ctx } from "@/lib/auth/context";
import { fetchAccount } from "@/lib/oauth/fetch-account";
import type { OAuthClientSettings, ServiceAccount, TokenAnswer } from "@/lib/oauth/types";
import { sameText } from "./rules";

/**
 * Whose account a grant speaks for: what the token answer says, filled up from the identity request where one is set.
 * A service that will not tell is no reason to fail: the account is then unknown.
 * @param customer the entity that it should be, which may be another name of the tenant, such as one of its domains
 * @param previousTenant of the account that was connected before, by the name that it had then
 */
export async function identifyAccount(
  ctx: Ctx,
  settings: OAuthClientSettings,
  answer: TokenAnswer,
  customer: string | null,
  previousTenant: string | null,
): Promise<ServiceAccount | null> {
  const known = answer.account;
  const isNameOf = (tenant: string) =>
    [customer, previousTenant].every((name) => name === null || sameText(tenant, name));
  const isKnown = known?.label && known.tenant && isNameOf(known.tenant);
  if (settings.identityUrl === null || isKnown) return known;
  const asked = await fetchAccount(settings, answer.accessToken, { fetch: ctx.fetch }).catch(() => null);
  if (!asked) return known;
  const account = {
    subject: known?.subject ?? asked.subject,
    label: known?.label ?? asked.label,
    tenant: known?.tenant ?? asked.tenant,
  };
  return sameText(account.tenant, asked.tenant)
    ? underItsName({ ...account, tenantNames: asked.tenantNames ?? [] }, customer)
    : account;
}

/** The tenant by the name that the mapping has for it, where it is one of its names: so it is shown and compared from now on. */
function underItsName(
  account: ServiceAccount & { tenantNames: string[] },
  customer: string | null,
): ServiceAccount {
  const { tenant, tenantNames } = account;
  if (tenant === null || !tenantNames.some((name) => sameText(name, customer))) return account;
  return { ...account, tenant: customer, tenantNames: [tenant, ...tenantNames] };
}
