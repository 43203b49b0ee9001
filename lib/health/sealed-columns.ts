export interface SealedTable {
  table: string;
  /** Each column that is sealed, with the field's name that is bound in (see lib/crypto/seal.ts). */
  columns: Record<string, string>;
  /** SQL for what the screens call a row of it, `t`. */
  name: string;
  joins: string;
}

const INTEGRATION = `i."name" || coalesce(' of ' || owner."name", '')`;
const FOR_ORGANIZATION = `coalesce(' for ' || o."name", '')`;
const OWNER = `LEFT JOIN "Organization" owner ON owner."id" = i."organizationId"`;

/** An integration and, by the mapping, the organization. */
const places = (row: string) => `JOIN "Integration" i ON i."id" = ${row}."integrationId" ${OWNER}
  LEFT JOIN "Mapping" m ON m."id" = ${row}."mappingId" LEFT JOIN "Organization" o ON o."id" = m."organizationId"`;

/** Every column that holds sealed text, but for the installation's own known text; the tables that grow largest last. */
export const SEALED_COLUMNS: SealedTable[] = [
  {
    table: "OAuthClient",
    columns: { clientSecret: "clientSecret", privateKey: "privateKey" },
    name: INTEGRATION,
    joins: `JOIN "Integration" i ON i."id" = t."integrationId" ${OWNER}`,
  },
  {
    table: "WebhookEndpoint",
    columns: { url: "url", secret: "secret", previousSecret: "previousSecret" },
    name: `t."name"`,
    joins: "",
  },
  {
    table: "HeldGrant",
    columns: { sealedGrant: "sealedGrant" },
    name: `${INTEGRATION} || ${FOR_ORGANIZATION}`,
    joins: `JOIN "Connection" c ON c."id" = t."connectionId" ${places("c")}`,
  },
  {
    table: "Handshake",
    columns: { codeVerifier: "codeVerifier" },
    name: `${INTEGRATION} || ${FOR_ORGANIZATION}`,
    joins: places("t"),
  },
  {
    table: "Connection",
    columns: { accessToken: "accessToken", refreshToken: "refreshToken", extra: "extra" },
    name: `${INTEGRATION} || ${FOR_ORGANIZATION}`,
    joins: places("t"),
  },
  {
    table: "ConfigValue",
    columns: { sealed: "value" },
    name: `${INTEGRATION} || ${FOR_ORGANIZATION} || ' (' || f."key" || ')'`,
    joins: `${places("t")} JOIN "ConfigField" f ON f."id" = t."fieldId"`,
  },
];
