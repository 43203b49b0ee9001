import type { GuardedFetch } from "@/lib/egress/policy";

export type OAuthFlowType = "authorization_code" | "client_credentials";

export type TokenEndpointAuthMethod =
  "client_secret_post" | "client_secret_basic" | "client_secret_basic_raw" | "private_key_jwt" | "none";

/** The key of `private_key_jwt`: PKCS#8 PEM; without an algorithm, the key's own kind decides. */
export interface OAuthPrivateKey {
  pem: string;
  keyId: string | null;
  algorithm: string | null;
}

export interface DeadTokenAnswer {
  status: number;
  match: string;
}

/** An OAuth client with every URL and parameter resolved: no placeholder is left. */
export interface OAuthClientSettings {
  flowType: OAuthFlowType;
  clientId: string;
  clientSecret: string | null;
  privateKey: OAuthPrivateKey | null;
  authorizationUrl: string | null;
  tokenUrl: string;
  revocationUrl: string | null;
  identityUrl: string | null;
  issuer: string | null;
  scopes: string[];
  /** A space unless said. */
  scopeSeparator?: " " | ",";
  audience: string | null;
  tokenEndpointAuthMethod: TokenEndpointAuthMethod;
  tokenRequestFormat: "form" | "json";
  pkce: boolean;
  authorizationParams: Record<string, string>;
  tokenParams: Record<string, string>;
  /** Microsoft wants `scope` on refresh; false unless said. */
  sendScopeOnRefresh?: boolean;
  /**
   * What means a dead token where a service does not say `invalid_grant` (HaloPSA: 400 "Token not found"): the status, and
   * words of the answer, whatever their case.
   */
  deadTokenAnswers?: readonly DeadTokenAnswer[];
}

/** Whose account a grant speaks for, as far as the service says. */
export interface ServiceAccount {
  subject: string | null;
  /** E-mail address or user name. */
  label: string | null;
  /** The service's own id of the customer: a tenant, a company, a site. */
  tenant: string | null;
  /** Other names of the same tenant, such as its domains, where the service lists them. */
  tenantNames?: string[];
}

/** A token answer after normalising; it says the same whatever dialect the service speaks. */
export interface TokenAnswer {
  accessToken: string;
  /** Null when the answer has none: on refresh the old one is kept. */
  refreshToken: string | null;
  tokenType: string | null;
  expiresInSeconds: number | null;
  refreshTokenExpiresInSeconds: number | null;
  /** Null: as requested. */
  grantedScopes: string[] | null;
  /** The allow-listed, non-secret rest of the answer (`instance_url`, `api_domain`, `realmId` …). */
  extra: Record<string, unknown>;
  /** From the id_token (read, never validated) or the answer itself. */
  account: ServiceAccount | null;
}

/** How a request of ours reaches the service, with the limits of this one request. */
export interface OAuthIo {
  fetch: GuardedFetch;
  timeoutMs?: number;
  /** Called just before the first byte of the request leaves; throwing there makes it `unsent`. */
  beforeSend?: () => void | Promise<void>;
}
