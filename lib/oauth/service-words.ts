/** Control, format and direction characters, with which a service's words could be dressed up as ours. */
export const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const MAX_LENGTH = 500;
const MASK = "•••";
const MIN_SECRET_LENGTH = 4;
const JSON_WEB_TOKEN = /\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*){0,3}/g;
const LONG_RUN = /\w[\w-]{31,}/g;
/** Services give UUIDs for their support to look up. */
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The service's own words made fit to show and to keep: plain text on one line, secrets masked, at most 500 characters. */
export function plainWords(
  words: unknown,
  secrets: readonly (string | null | undefined)[] = [],
): string | null {
  if (typeof words !== "string") return null;
  // Masked first and last: a secret must survive neither the cleaning nor the cutting.
  const plain = maskSecrets(words, secrets)
    .slice(0, 10_000)
    .replace(/<[^>]{0,1000}>/g, " ")
    .replace(INVISIBLE, " ")
    .replace(/\s+/g, " ")
    .trim();
  const masked = maskSecrets(plain, secrets).replace(JSON_WEB_TOKEN, MASK).replace(LONG_RUN, maskRandom);
  const characters = [...masked.toWellFormed()];
  const cut = characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH - 1).join("")}…` : masked;
  return cut === "" ? null : cut;
}

/** Masks a run that looks random. Each run is judged once and whole: services could make it costly otherwise. */
function maskRandom(run: string): string {
  return /\d/.test(run) && !UUID.test(run) ? MASK : run;
}

/** Puts a mask where a known secret stands, plain or encoded as in a URL, a form, JSON, HTML or base64. */
export function maskSecrets(text: string, secrets: readonly (string | null | undefined)[]): string {
  const spellings = secrets
    .filter((secret) => typeof secret === "string" && secret.length >= MIN_SECRET_LENGTH)
    .flatMap((secret) => spellingsOf(secret ?? ""))
    .sort((a, b) => b.length - a.length);
  return spellings.reduce((masked, spelling) => masked.replaceAll(spelling, MASK), text);
}

function spellingsOf(secret: string): string[] {
  const form = new URLSearchParams({ s: secret }).toString().slice(2);
  const inUrl = secret.isWellFormed() ? encodeURIComponent(secret) : secret;
  const base64 = Buffer.from(secret).toString("base64");
  const url = Buffer.from(secret).toString("base64url");
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inHtml = secret.replace(/[&<>"]/g, (sign) => HTML_ENTITIES[sign] ?? sign);
  const apostrophes = ["&#39;", "&#x27;", "&apos;"].map((entity) => inHtml.replaceAll("'", entity));
  const lowered = [form, inUrl].map((text) => text.replace(/%../g, (byte) => byte.toLowerCase()));
  return [
    ...new Set([
      secret,
      form,
      inUrl,
      ...lowered,
      inJson,
      inHtml,
      ...apostrophes,
      base64,
      base64.replace(/=+$/, ""),
      url,
    ]),
  ];
}

const HTML_ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
