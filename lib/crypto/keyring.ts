import { randomBytes } from "node:crypto";

/** The encryption keys of an installation: the first encrypts, all decrypt. */
export interface Keyring {
  primaryId: string;
  keys: ReadonlyMap<string, Buffer>;
}

const KEY_BYTES = 32;
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;

/**
 * Reads `id:base64,id:base64` (each key 32 bytes, AES-256).
 * @throws Error with one line that says what to set; it never repeats a key.
 */
export function parseKeyring(text: string): Keyring {
  const keys = new Map<string, Buffer>();
  for (const [index, entry] of text.split(",").entries()) {
    const { id, key } = parseEntry(entry.trim(), index + 1);
    if (keys.has(id))
      throw new Error(`BIFROST_ENCRYPTION_KEYS names the key id "${id}" twice; give each key its own id.`);
    keys.set(id, key);
  }
  const primaryId = keys.keys().next().value;
  if (primaryId === undefined) throw new Error("BIFROST_ENCRYPTION_KEYS is empty; set it to id:base64.");
  return { primaryId, keys };
}

function parseEntry(entry: string, position: number): { id: string; key: Buffer } {
  const colon = entry.indexOf(":");
  const id = entry.slice(0, Math.max(colon, 0));
  const base64 = entry.slice(colon + 1);
  const where = `Key ${position} of BIFROST_ENCRYPTION_KEYS`;
  if (!KEY_ID.test(id)) {
    throw new Error(`${where} has no valid id; write id:base64 with an id of letters, digits, "-" or "_".`);
  }
  const key = Buffer.from(base64, "base64");
  if (key.length !== KEY_BYTES || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    throw new Error(`${where} ("${id}") is not 32 bytes in base64; make one with: openssl rand -base64 32`);
  }
  return { id, key };
}

/** A fresh setting of one key, for a first start. */
export function generateKeyringText(): string {
  return `k1:${randomBytes(KEY_BYTES).toString("base64")}`;
}
