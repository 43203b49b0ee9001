import { createPrivateKey } from "node:crypto";
import type { EgressPolicy } from "@/lib/egress/policy";
import { checkUrl } from "@/lib/egress/rules";
import { AppError, type FieldError } from "@/lib/errors";
import { RESERVED_AUTHORIZATION_PARAMS, RESERVED_TOKEN_PARAMS } from "@/lib/oauth/params";
import { listPlaceholders, resolveUrlTemplate, type ResolvedUrl } from "@/lib/oauth/templates";
import { derivedHindrance } from "./rules";
import type { OAuthClientInput, ORGANIZATION_POLICIES } from "./schema";

interface Facts {
  testUrl: string | null;
  oauth: OAuthClientInput | null;
  /** Values that may stand in templates, `entity_id` among them; null where a field is not set yet. */
  values: Record<string, string | null>;
  /** Where a value may be the whole host. */
  apiHosts: string[];
  /** What is stored already; on a first save nothing is. */
  stored: { clientSecret: boolean; privateKey: boolean } | null;
  /** What organizations without a connection of their own get. */
  policy: (typeof ORGANIZATION_POLICIES)[number];
  egress: EgressPolicy;
}

/** A value that fits every place where a placeholder may stand, to judge a URL whose own value is not known yet. */
const SAMPLE = "sample";

/**
 * Judges what a schema alone cannot: URLs with their placeholders and where they lead, parameters that are ours to set,
 * and secrets that the chosen authentication needs.
 * @throws AppError `validation_failed` with every field at fault
 */
export function checkIntegrationInput(facts: Facts): void {
  const { oauth } = facts;
  const errors: FieldError[] = checkUrls(facts, [["testUrl", facts.testUrl]]);
  if (oauth) {
    errors.push(
      ...checkUrls(facts, [
        ["oauth.authorizationUrl", oauth.authorizationUrl],
        ["oauth.tokenUrl", oauth.tokenUrl],
        ["oauth.revocationUrl", oauth.revocationUrl],
        ["oauth.identityUrl", oauth.identityUrl],
      ]),
      ...checkTemplate(facts, "oauth.issuer", oauth.issuer),
      ...checkParameters(
        facts,
        "oauth.authorizationParams",
        oauth.authorizationParams,
        RESERVED_AUTHORIZATION_PARAMS,
      ),
      ...checkParameters(facts, "oauth.tokenParams", oauth.tokenParams, RESERVED_TOKEN_PARAMS),
      ...checkSettings(oauth),
      ...checkSecrets(oauth, facts.stored),
    );
  }
  const hindrance = facts.policy === "derived" ? derivedHindrance(oauth) : null;
  if (hindrance) {
    const path = oauth ? `oauth.${hindrance.field}` : "organizationPolicy";
    errors.push({ path, message: hindrance.message });
  }
  const [first] = errors;
  if (first) throw new AppError("validation_failed", first.message, { errors });
}

function unknownPlaceholders(text: string, values: Facts["values"]): string[] {
  return listPlaceholders(text).filter((name) => !Object.hasOwn(values, name));
}

function unknownMessage(name: string, values: Facts["values"]): string {
  const known = Object.keys(values).map((key) => `{${key}}`);
  return `{${name}} is not known here. Known placeholders: ${known.join(", ")}.`;
}

function checkUrls(facts: Facts, fields: [path: string, url: string | null][]): FieldError[] {
  return fields.flatMap(([path, template]) =>
    checkTemplate(facts, path, template, ({ url }) => {
      const verdict = checkUrl(url, facts.egress);
      return verdict.ok ? [] : [{ path, message: verdict.message }];
    }),
  );
}

/** `checkResolved` judges where it leads; an Issuer is compared and never asked. */
function checkTemplate(
  facts: Facts,
  path: string,
  template: string | null,
  checkResolved: (resolved: Extract<ResolvedUrl, { ok: true }>) => FieldError[] = () => [],
): FieldError[] {
  if (template === null) return [];
  const [unknown] = unknownPlaceholders(template, facts.values);
  if (unknown !== undefined) return [{ path, message: unknownMessage(unknown, facts.values) }];
  const resolved = resolveSample(template, facts);
  return resolved.ok ? checkResolved(resolved) : [{ path, message: resolved.message }];
}

/** The URL with what is known; what is not known yet stands for a label, or for a whole host where that is allowed. */
function resolveSample(template: string, { values, apiHosts }: Facts): ResolvedUrl {
  const resolve = (sample: string) => {
    const samples = Object.entries(values).map(([key, value]) => [key, value || sample]);
    return resolveUrlTemplate(template, Object.fromEntries(samples) as Record<string, string>, {
      allowedHostSuffixes: apiHosts,
    });
  };
  const first = resolve(SAMPLE);
  return first.ok ? first : (apiHosts.map(resolve).find(({ ok }) => ok) ?? first);
}

function checkParameters(
  facts: Facts,
  path: string,
  parameters: Record<string, string>,
  reserved: ReadonlySet<string>,
): FieldError[] {
  const errors: FieldError[] = [];
  for (const [name, value] of Object.entries(parameters)) {
    if (reserved.has(name.toLowerCase())) {
      errors.push({ path, message: `“${name}” is set by Bifrost itself; take it out of the list.` });
    }
    const [unknown] = unknownPlaceholders(value, facts.values);
    if (unknown !== undefined) errors.push({ path, message: unknownMessage(unknown, facts.values) });
  }
  return errors.slice(0, 1);
}

function checkSettings(oauth: OAuthClientInput): FieldError[] {
  const errors: FieldError[] = [];
  if (oauth.flowType === "authorization_code" && oauth.authorizationUrl === null) {
    errors.push({ path: "oauth.authorizationUrl", message: "Enter the Authorization URL." });
  }
  if (oauth.tokenEndpointAuthMethod === "none" && oauth.flowType === "client_credentials") {
    errors.push({
      path: "oauth.tokenEndpointAuthMethod",
      message: "Client Credentials needs a client that authenticates; choose another method than None.",
    });
  } else if (oauth.tokenEndpointAuthMethod === "none" && !oauth.pkce) {
    errors.push({ path: "oauth.pkce", message: "A public client (None) must use PKCE; turn it on." });
  }
  return errors;
}

function checkSecrets(oauth: OAuthClientInput, stored: Facts["stored"]): FieldError[] {
  if (oauth.tokenEndpointAuthMethod === "private_key_jwt") return checkPrivateKey(oauth, stored);
  const needed = oauth.tokenEndpointAuthMethod !== "none";
  if (!needed || oauth.clientSecret || stored) return [];
  return [
    {
      path: "oauth.clientSecret",
      message: "Enter the Client Secret, or choose another Token endpoint authentication under Advanced.",
    },
  ];
}

function checkPrivateKey(oauth: OAuthClientInput, stored: Facts["stored"]): FieldError[] {
  const path = "oauth.privateKey";
  if (!oauth.privateKey) {
    return stored
      ? []
      : [{ path, message: "Paste the private key (PKCS#8, PEM) whose public half the service has." }];
  }
  try {
    createPrivateKey({ key: oauth.privateKey, format: "pem" });
    return [];
  } catch {
    return [
      { path, message: "This is not a private key in PEM. It begins with -----BEGIN PRIVATE KEY-----." },
    ];
  }
}
