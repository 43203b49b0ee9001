import { isJsonObject, type JsonObject } from "./parse-body";

/** Members of token answers that scripts need and that open nothing by themselves. */
const EXTRA_MEMBERS = [
  "account_id",
  "api_domain",
  "api_server",
  "app_id",
  "base_url",
  "bot_user_id",
  "cloud_id",
  "domain",
  "enterprise",
  "hub_domain",
  "hub_id",
  "id",
  "instance_url",
  "is_enterprise_install",
  "issued_at",
  "location",
  "owner_id",
  "portal_id",
  "realmId",
  "region",
  "resource",
  "stripe_user_id",
  "team",
  "team_id",
  "tenant_id",
  "uid",
  "user_id",
] as const;

const MEMBERS_OF_MEMBERS = ["id", "name", "domain"];
const MAX_LENGTH = 2_048;

/** The allow-listed rest of a token answer: flat values, and the name and id of a nested thing. */
export function pickExtra(body: JsonObject): Record<string, unknown> {
  const picked = EXTRA_MEMBERS.flatMap((name): [string, unknown][] => {
    const value = Object.hasOwn(body, name) ? body[name] : undefined;
    if (isFlat(value)) return [[name, value]];
    if (!isJsonObject(value)) return [];
    const inner = Object.entries(value).filter(
      ([key, each]) => MEMBERS_OF_MEMBERS.includes(key) && isFlat(each),
    );
    return inner.length > 0 ? [[name, Object.fromEntries(inner)]] : [];
  });
  return Object.fromEntries(picked);
}

function isFlat(value: unknown): boolean {
  return (
    (typeof value === "string" && value !== "" && value.length <= MAX_LENGTH) ||
    typeof value === "number" ||
    typeof value === "boolean"
  );
}
