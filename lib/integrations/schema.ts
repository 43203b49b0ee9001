import { z } from "zod";
import type { Trouble } from "@/lib/health/rules";
import { searchWords } from "@/lib/search-words";
import { storable } from "@/lib/storable";
import { INTEGRATION_NAME } from "./rules";

export const STATUSES = [
  "not_connected",
  "active",
  "degraded",
  "reconnect_required",
  "configured",
  "incomplete",
] as const;
/** What a badge shows; `waiting` (Waiting for consent) is told beside it. */
export type IntegrationStatus = (typeof STATUSES)[number];

export const TOKEN_ENDPOINT_AUTH_METHODS = [
  "client_secret_post",
  "client_secret_basic",
  "client_secret_basic_raw",
  "private_key_jwt",
  "none",
] as const;

const MAX_URL = 2_000;

/** Text that may be left blank: blank and missing are both null. */
function optionalText(max: number) {
  return storable(z.string())
    .trim()
    .max(max, `Shorten this to at most ${max.toLocaleString("en")} characters.`)
    .nullish()
    .transform((text) => text || null);
}

/** A list typed as text, one item a line or parted by spaces or commas; an array passes as it is. */
function textList(separator: RegExp, item: z.ZodType<string, string>, max: number) {
  return (
    z
      .union([z.array(storable(z.string())), storable(z.string())])
      .nullish()
      // Each item is split too: a form's parser hands the whole text over as an array of one.
      .transform((value) => [value ?? []].flat().flatMap((text) => text.split(separator)))
      .transform((items) => [...new Set(items.map((text) => text.trim()).filter((text) => text !== ""))])
      .pipe(z.array(item).max(max, `Keep at most ${max} entries.`))
  );
}

/** `name=value`, one a line; an object passes as it is. */
function parameterList() {
  return z
    .union([
      z.record(storable(z.string()), storable(z.string())),
      storable(z.string()).max(4_000, "Shorten this to at most 4,000 characters."),
    ])
    .nullish()
    .transform((value, issues) => {
      if (typeof value !== "string") return value ?? {};
      const parameters: Record<string, string> = {};
      for (const line of value.split(/\r?\n/).map((text) => text.trim())) {
        if (line === "") continue;
        const equals = line.indexOf("=");
        const name = line.slice(0, Math.max(equals, 0)).trim();
        if (!/^[A-Za-z0-9_.[\]-]{1,100}$/.test(name)) {
          issues.addIssue({
            code: "custom",
            message: `Write “${line}” as name=value, one parameter a line.`,
          });
          return z.NEVER;
        }
        parameters[name] = line.slice(equals + 1).trim();
      }
      return parameters;
    });
}

const seconds = (max: number) =>
  z.coerce
    .number({ error: "Enter a number of seconds." })
    .int("Enter whole seconds.")
    .min(1, "Enter at least 1 second.")
    .max(max, `Enter at most ${max.toLocaleString("en")} seconds.`)
    .nullish()
    .transform((value) => value ?? null);

const url = optionalText(MAX_URL);

const checkbox = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);

/** A host name the SDK may send the token to, with a port where it is not that of https: a URL's host never shows 443. */
const apiHost = storable(z.string())
  .toLowerCase()
  .regex(
    /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:\d{1,5})?$/,
    "Write a host name such as graph.microsoft.com, without https:// or a path.",
  )
  .transform((host) => host.replace(/:0*443$/, ""));

/** An OAuth client as typed in the form or given to a verb; URLs may hold `{entity_id}` and `{config_key}`. */
export const oauthClientInput = z.object({
  flowType: z.enum(["authorization_code", "client_credentials"]),
  clientId: storable(z.string({ error: "Enter the Client ID that the service gave you." }))
    .trim()
    .min(1, "Enter the Client ID that the service gave you.")
    .max(500, "Shorten the Client ID to at most 500 characters."),
  /** Blank keeps what is stored. */
  clientSecret: storable(z.string()).max(10_000, "A client secret has at most 10,000 characters.").nullish(),
  clearClientSecret: checkbox,
  clientSecretExpiresAt: z.coerce
    .date({ error: "Enter a date." })
    // The database has no year 0, and gives a year of five digits back as none that can be read.
    .min(new Date("0001-01-01"), "Enter a year from 1 to 9999.")
    .max(new Date("9999-12-31"), "Enter a year from 1 to 9999.")
    .nullish()
    .transform((date) => date ?? null),
  authorizationUrl: url,
  tokenUrl: storable(z.string({ error: "Enter the Token URL." }))
    .trim()
    .min(1, "Enter the Token URL.")
    .max(MAX_URL, "Shorten the URL to at most 2,000 characters."),
  revocationUrl: url,
  identityUrl: url,
  issuer: url,
  scopes: textList(
    /[\s,]+/,
    storable(z.string()).max(500, "An OAuth scope has at most 500 characters."),
    200,
  ),
  scopeSeparator: z
    .enum([" ", ","])
    .nullish()
    .transform((value) => value ?? " "),
  sendScopeOnRefresh: checkbox,
  audience: optionalText(500),
  tokenEndpointAuthMethod: z.enum(TOKEN_ENDPOINT_AUTH_METHODS).default("client_secret_post"),
  tokenRequestFormat: z.enum(["form", "json"]).default("form"),
  pkce: checkbox,
  authorizationParams: parameterList(),
  tokenParams: parameterList(),
  /** PKCS#8 PEM for `private_key_jwt`; blank keeps what is stored. */
  privateKey: storable(z.string()).max(20_000, "A private key has at most 20,000 characters.").nullish(),
  clearPrivateKey: checkbox,
  privateKeyId: optionalText(200),
  privateKeyAlgorithm: optionalText(10),
  refreshTokensReusable: checkbox,
  unansweredPolicy: z.enum(["retry", "never"]).default("retry"),
  refreshEndsAccessToken: checkbox,
  refreshMarginSeconds: seconds(86_400),
  refreshIntervalSeconds: seconds(31_536_000),
});

/**
 * What organizations without a connection of their own get: the default connection's token, one that is made with the
 * default consent at their own token URL, or none.
 */
export const ORGANIZATION_POLICIES = ["default", "derived", "none"] as const;

const integrationFields = {
  name: storable(z.string({ error: "Enter a name." }))
    .trim()
    .min(1, "Enter a name.")
    .regex(
      INTEGRATION_NAME,
      "Start with a letter or digit; then letters, digits, “_”, “.” or “-”, at most 64 in all, for example Microsoft_Graph.",
    ),
  description: optionalText(1_000).transform((text) => text ?? ""),
  entityDataProvider: optionalText(200),
  defaultEntityId: optionalText(500),
  testUrl: url,
  apiHosts: textList(/[\s,]+/, apiHost, 50).transform((hosts) => [...new Set(hosts)]),
  organizationPolicy: z.enum(ORGANIZATION_POLICIES).default("default"),
  lendsDefaultToKeys: checkbox,
  /** Values for the config fields that the preset brought or the integration has, by key. */
  config: z
    .record(
      storable(z.string()),
      storable(z.string()).max(10_000, "Shorten this to at most 10,000 characters.").nullish(),
    )
    .nullish()
    .transform((values) => values ?? {}),
  /** Null: No OAuth. */
  oauth: oauthClientInput.nullish().transform((value) => value ?? null),
};

export const createIntegrationInput = z.object({
  /** Null: Global. */
  organizationId: z
    .uuid("Choose Global or an organization.")
    .nullish()
    .transform((id) => id ?? null),
  presetId: optionalText(64),
  ...integrationFields,
});

/** Methods of the token endpoint that need a client secret. */
function needsSecret(method: unknown): boolean {
  return method === undefined || (typeof method === "string" && method.startsWith("client_secret"));
}

/** As typed in the form of a new integration: what else is blank is told together with what is wrong. */
export const createIntegrationForm = createIntegrationInput
  .refine(
    ({ oauth }) => !oauth || !needsSecret(oauth.tokenEndpointAuthMethod) || Boolean(oauth.clientSecret),
    {
      path: ["oauth", "clientSecret"],
      error: "Enter the Client Secret, or choose another Token endpoint authentication under Advanced.",
      when: () => true,
    },
  )
  .refine(({ oauth }) => oauth?.flowType !== "authorization_code" || Boolean(oauth.authorizationUrl), {
    path: ["oauth", "authorizationUrl"],
    error: "Enter the Authorization URL.",
    when: () => true,
  });

export const updateIntegrationInput = z.object({
  id: z.uuid(),
  /** The version the form was filled from; another one stored means that somebody saved meanwhile. */
  version: z.coerce.number().int(),
  ...integrationFields,
  /** Both stay as they are where they are left out: they have a form of their own. */
  organizationPolicy: z.enum(ORGANIZATION_POLICIES).optional(),
  lendsDefaultToKeys: z.boolean().optional(),
});

export const setOrganizationPolicyInput = z.object({
  integrationId: z.uuid(),
  /** The version of the integration that the form was filled from. */
  version: z.coerce.number().int(),
  organizationPolicy: z.enum(ORGANIZATION_POLICIES, { error: "Choose one of the three." }),
  lendsDefaultToKeys: checkbox,
});

export const deleteIntegrationInput = z.object({
  id: z.uuid(),
  confirmName: storable(z.string({ error: "Type the name of the integration." })).trim(),
});

export type OAuthClientInput = z.output<typeof oauthClientInput>;
export type CreateIntegrationInput = z.output<typeof createIntegrationInput>;
export type UpdateIntegrationInput = z.output<typeof updateIntegrationInput>;

/** How a secret is shown: that it is set, when and by whom; never what it is. */
export interface SecretState {
  setAt: string;
  setBy: string | null;
}

/** Whose account a grant speaks for, as the service said. */
export interface AccountView {
  subject: string | null;
  label: string | null;
  tenant: string | null;
}

/** What an Overview shows of a connection. Dates are ISO 8601 in UTC; no token is in it. */
export interface ConnectionView {
  id: string | null;
  status: "not_connected" | "active" | "degraded" | "reconnect_required";
  /** A live handshake: until when the consent is waited for. */
  waitingUntil: string | null;
  error: Trouble | null;
  /** The last attempt to connect that failed; the tokens of before are still there. */
  connectError: { code: string; message: string; at: string } | null;
  account: AccountView | null;
  connectedAt: string | null;
  connectedBy: string | null;
  /** When a person disconnected it, and nobody has connected it since. */
  disconnectedAt: string | null;
  requestedScopes: string[];
  grantedScopes: string[];
  hasAccessToken: boolean;
  hasRefreshToken: boolean;
  /** Its tokens come without a person and without a refresh token: by client credentials, or derived. */
  comesByItself: boolean;
  expiresAt: string | null;
  refreshTokenExpiresAt: string | null;
  lastRefreshAt: string | null;
  /** An attempt is under way, or ended without a word not long ago. */
  isRefreshing: boolean;
  /**
   * An answer was lost, so the refresh token may be spent: it is not presented before the access token, which still works, has
   * expired. Null: it may be.
   */
  refreshHeldUntil: string | null;
  /** When the schedule refreshes it; null: never by itself, or not before somebody acts. */
  nextRefreshAt: string | null;
  entityId: string | null;
  tokenOrigin: string | null;
  /** A consent for another tenant or account than expected, waiting for a word. */
  heldGrant: {
    reason: "tenant_mismatch" | "account_changed";
    account: AccountView;
    expectedTenant: string | null;
    heldAt: string;
    expiresAt: string;
  } | null;
}

export interface OAuthClientView {
  flowType: "authorization_code" | "client_credentials";
  clientId: string;
  clientSecret: SecretState | null;
  clientSecretExpiresAt: string | null;
  authorizationUrl: string | null;
  tokenUrl: string;
  revocationUrl: string | null;
  identityUrl: string | null;
  issuer: string | null;
  scopes: string[];
  scopeSeparator: " " | ",";
  sendScopeOnRefresh: boolean;
  audience: string | null;
  tokenEndpointAuthMethod: (typeof TOKEN_ENDPOINT_AUTH_METHODS)[number];
  tokenRequestFormat: "form" | "json";
  pkce: boolean;
  authorizationParams: Record<string, string>;
  tokenParams: Record<string, string>;
  privateKey: SecretState | null;
  privateKeyId: string | null;
  privateKeyAlgorithm: string | null;
  refreshTokensReusable: boolean;
  unansweredPolicy: "retry" | "never";
  refreshEndsAccessToken: boolean;
  refreshMarginSeconds: number | null;
  refreshIntervalSeconds: number | null;
  /** The client's own fault, which all its connections suffer from. */
  error: Trouble | null;
}

export interface ConfigFieldView {
  id: string;
  key: string;
  type: "string" | "int" | "bool" | "json" | "secret";
  required: boolean;
  description: string;
  /** The default as text (of a json field as JSON); null where there is none or the field is a secret. */
  value: string | null;
  /** When and by whom the default was set; null where none is. */
  set: SecretState | null;
}

/** Everything an integration's screens show of it. */
export interface IntegrationView {
  id: string;
  name: string;
  description: string;
  organization: { id: string; name: string } | null;
  slug: string;
  redirectUri: string;
  presetId: string | null;
  entityDataProvider: string | null;
  defaultEntityId: string | null;
  testUrl: string | null;
  apiHosts: string[];
  organizationPolicy: "default" | "derived" | "none";
  /** API keys of managed organizations may get the default connection's access token. */
  lendsDefaultToKeys: boolean;
  version: number;
  createdAt: string;
  updatedAt: string;
  status: IntegrationStatus;
  configFields: ConfigFieldView[];
  /** Keys of required config fields without a default. */
  missing: string[];
  oauth: OAuthClientView | null;
  /** The default connection; null when the integration has no OAuth. */
  connection: ConnectionView | null;
  /** What a deletion takes along. */
  counts: { mappings: number; connections: number; configValues: number };
  /** What the person looking may do here. */
  can: { edit: boolean; connect: boolean; test: boolean };
}

export const LIST_SORTS = ["name", "-name", "status", "-lastRefreshAt", "-createdAt"] as const;

/** The list's state, as it stands in the URL. Made-up values fall back to the defaults. */
export const integrationListQuery = z.object({
  q: searchWords,
  status: z.enum(STATUSES).or(z.literal("attention")).optional().catch(undefined),
  /** `global` or an organization's id. */
  availableTo: z.literal("global").or(z.uuid()).optional().catch(undefined),
  sort: z.enum(LIST_SORTS).catch("name").default("name"),
  page: z.coerce.number().int().min(1).max(10_000).catch(1).default(1),
});
export type IntegrationListQuery = z.output<typeof integrationListQuery>;

export interface IntegrationListRow {
  id: string;
  name: string;
  description: string;
  organization: { id: string; name: string } | null;
  usesOAuth: boolean;
  status: IntegrationStatus;
  waiting: boolean;
  mapped: number;
  needAttention: number;
  lastRefreshAt: string | null;
  /** What ails the OAuth client, or else the default connection. */
  trouble: Trouble | null;
  /** What went wrong besides, in words: the last attempt to connect, an expired token. */
  error: string | null;
  canConnect: boolean;
}

export interface IntegrationListPage {
  rows: IntegrationListRow[];
  total: number;
  page: number;
  pageCount: number;
}
