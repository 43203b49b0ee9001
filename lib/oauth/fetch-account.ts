import { EgressError } from "@/lib/egress/egress-error";
import { accountFromIdentity, firstText } from "./accounts";
import { isJsonObject, parseBody, type JsonObject } from "./parse-body";
import type { OAuthIo, ServiceAccount } from "./types";

const TIMEOUT_MS = 15_000;
const MICROSOFT_ME = /\/v1\.0\/me\/?$/;

export interface IdentityRequest {
  identityUrl: string | null;
  /** GET unless said or known: Dropbox takes POST alone. */
  identityMethod?: "GET" | "POST";
}

/**
 * Asks the service whose account a token speaks for. Null when it cannot be learnt: not knowing is no reason to refuse a grant.
 */
export async function fetchAccount(
  { identityUrl, identityMethod }: IdentityRequest,
  accessToken: string,
  io: OAuthIo,
): Promise<ServiceAccount | null> {
  if (identityUrl === null || !URL.canParse(identityUrl)) return null;
  const url = new URL(identityUrl);
  const method = identityMethod ?? (url.hostname === "api.dropboxapi.com" ? "POST" : "GET");
  const account = accountFromIdentity(await ask(url, method, accessToken, io));
  if (!account || !MICROSOFT_ME.test(url.pathname)) return account;
  return await withMicrosoftTenant(account, url, accessToken, io);
}

/** Microsoft Graph says who under `/me` and which tenant under `/organization`. */
async function withMicrosoftTenant(
  account: ServiceAccount,
  meUrl: URL,
  accessToken: string,
  io: OAuthIo,
): Promise<ServiceAccount> {
  const url = new URL(meUrl.pathname.replace(/me\/?$/, "organization"), meUrl);
  const answer = await ask(url, "GET", accessToken, io);
  const list: unknown[] = isJsonObject(answer) && Array.isArray(answer.value) ? answer.value : [];
  const [organization] = list.filter(isJsonObject);
  if (!organization) return account;
  const tenantNames = listOf(organization.verifiedDomains).flatMap(
    (domain) => firstText(domain, ["name"]) ?? [],
  );
  return { ...account, tenant: firstText(organization, ["id"]) ?? account.tenant, tenantNames };
}

async function ask(url: URL, method: "GET" | "POST", accessToken: string, io: OAuthIo): Promise<unknown> {
  try {
    const response = await io.fetch(url, {
      method,
      headers: { authorization: `Bearer ${accessToken}`, accept: "application/json" },
      redirect: "refuse",
      timeoutMs: io.timeoutMs ?? TIMEOUT_MS,
    });
    if (!response.ok) return null;
    const body = parseBody(await response.text(), response.headers.get("content-type"));
    return isJsonObject(body) && body.ok === false ? null : body;
  } catch (error) {
    if (error instanceof EgressError) return null;
    throw error;
  }
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
