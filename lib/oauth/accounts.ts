import { isJsonObject, type JsonObject } from "./parse-body";
import { INVISIBLE, plainWords } from "./service-words";
import type { ServiceAccount } from "./types";

/** Where services put the same three facts, the likeliest first. A dot goes into a nested object. */
const SUBJECT = [
  "sub",
  "oid",
  "id",
  "user_id",
  "account_id",
  "authed_user.id",
  "user.id",
  "gid",
  "uuid",
  "ZUID",
];
const LABEL = [
  "email",
  "Email",
  "mail",
  "preferred_username",
  "userPrincipalName",
  "upn",
  "emailAddress",
  "emailAddress.address",
  "user.email",
  "login",
  "username",
  "user_name",
  "user",
  "name.display_name",
  "display_name",
  "displayName",
  "name",
];
const TENANT = [
  "tid",
  "tenant_id",
  "tenantId",
  "hd",
  "realmId",
  "realmid",
  "hub_id",
  "portalId",
  "team_id",
  "team.id",
  "cloud_id",
  "organization_id",
  "org_id",
  "company_id",
  "team",
  "account_id",
];

/** From the claims of an id_token that was read, not validated: what it says is shown, and decides nothing alone. */
export function accountFromClaims(claims: JsonObject | null): ServiceAccount | null {
  if (!claims) return null;
  return accountOrNull({
    subject: firstText(claims, ["sub", "oid"]),
    label: firstText(claims, LABEL),
    tenant: firstText(claims, ["tid", "hd", "realmid", "organization_id", "org_id"]),
  });
}

/** From what some token answers say beside the tokens (Slack, HubSpot, Dropbox, QuickBooks). */
export function accountFromAnswer(body: JsonObject): ServiceAccount | null {
  return accountOrNull({
    subject: firstText(body, ["authed_user.id", "account_id", "user_id", "uid"]),
    label: firstText(body, ["email", "user.email", "username", "user_name"]),
    tenant: firstText(body, ["team.id", "tenant_id", "hub_id", "realmId", "cloud_id"]),
  });
}

/** From the answer of an identity request, whatever its shape; a list (Xero, Atlassian) speaks by its first member. */
export function accountFromIdentity(body: unknown): ServiceAccount | null {
  if (Array.isArray(body)) return accountFromSites(body);
  if (!isJsonObject(body)) return null;
  const inner = [body.data, body.result, body.user, body.account, body.value].find(hasContent);
  if (Array.isArray(inner)) return accountFromIdentity(inner);
  const own = {
    subject: firstText(body, SUBJECT),
    label: firstText(body, LABEL),
    tenant: firstText(body, TENANT),
  };
  const nested = isJsonObject(inner) ? accountFromIdentity(inner) : null;
  return accountOrNull({
    subject: own.subject ?? nested?.subject ?? null,
    label: own.label ?? nested?.label ?? null,
    tenant: tenantBeside(own) ?? nested?.tenant ?? null,
  });
}

/** The members of such a list are the sites or companies that the grant opens. */
function accountFromSites(list: unknown[]): ServiceAccount | null {
  const sites = list.filter(isJsonObject);
  const [first] = sites;
  if (!first) return null;
  const names = sites.flatMap((site) => firstText(site, ["tenantName", "name", "url", "displayName"]) ?? []);
  const label = sites.length > 1 && names.length > 1 ? plainWords(names.join(", ")) : (names[0] ?? null);
  return accountOrNull({ subject: null, label, tenant: firstText(first, ["tenantId", "id", "uuid"]) });
}

/** Where the only id is the account's own, it is not the tenant's as well. */
function tenantBeside(own: ServiceAccount): string | null {
  return own.tenant !== null && own.tenant === own.subject ? null : own.tenant;
}

function accountOrNull(account: ServiceAccount): ServiceAccount | null {
  return account.subject === null && account.label === null && account.tenant === null ? null : account;
}

function hasContent(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : isJsonObject(value);
}

export function firstText(body: JsonObject, paths: readonly string[]): string | null {
  for (const path of paths) {
    let value: unknown = body;
    for (const name of path.split(".")) {
      value = isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    }
    if (typeof value === "number" && Number.isFinite(value)) return String(value);
    const text = typeof value === "string" && value.length <= 320 ? plainText(value) : null;
    if (text !== null) return text;
  }
  return null;
}

function plainText(value: string): string | null {
  const text = value.replace(INVISIBLE, "").trim();
  return text === "" ? null : text;
}
