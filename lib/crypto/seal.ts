import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import type { Keyring } from "./keyring.ts";

declare const sealedText: unique symbol;
/** Ciphertext as stored: `v1.<key id>.<base64url of nonce ‖ ciphertext ‖ tag>`. */
export type SealedText = string & { readonly [sealedText]: true };

/** Where a sealed value lives. Bound in as associated data, so that it opens nowhere else. */
export interface SealedPlace {
  table: string;
  id: string;
  field: string;
}

/** A sealed value that cannot be opened: a key is missing or wrong, or it was moved or altered. */
export class UnsealError extends Error {
  readonly reason: "malformed" | "unknown_key" | "wrong_key_or_place";
  readonly keyId: string | null;
  readonly place: SealedPlace;

  constructor(reason: UnsealError["reason"], keyId: string | null, place: SealedPlace) {
    super(`Cannot open ${place.table} ${place.id} ${place.field}: ${describe(reason, keyId)}`);
    this.name = "UnsealError";
    this.reason = reason;
    this.keyId = keyId;
    this.place = place;
  }
}

function describe(reason: UnsealError["reason"], keyId: string | null): string {
  if (reason === "malformed") return "it is not a sealed value.";
  if (reason === "unknown_key") return `the key "${keyId}" is not in BIFROST_ENCRYPTION_KEYS; add it back.`;
  return `the key "${keyId}" in BIFROST_ENCRYPTION_KEYS is not the one it was sealed with, or the record was altered.`;
}

/** Node makes a key object of a plain buffer at each use, which costs more than decrypting a token. */
const keyObjects = new WeakMap<Buffer, KeyObject>();

function keyObjectOf(key: Buffer): KeyObject {
  const made = keyObjects.get(key) ?? createSecretKey(key);
  keyObjects.set(key, made);
  return made;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

function associatedData(keyId: string, place: SealedPlace): Buffer {
  return Buffer.from(JSON.stringify(["v1", keyId, place.table, place.id, place.field]), "utf8");
}

/** Encrypts with the first key (AES-256-GCM, a fresh random 96-bit nonce; NIST SP 800-38D). */
export function seal(keyring: Keyring, place: SealedPlace, plain: string): SealedText {
  const key = keyring.keys.get(keyring.primaryId);
  if (!key) throw new Error("The keyring has no primary key.");
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", keyObjectOf(key), nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(associatedData(keyring.primaryId, place));
  const body = Buffer.concat([nonce, cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1.${keyring.primaryId}.${body.toString("base64url")}` as SealedText;
}

/**
 * Decrypts what {@link seal} made for the same place.
 * @throws {@link UnsealError} naming the record and what to mend.
 */
export function unseal(keyring: Keyring, place: SealedPlace, sealed: string): string {
  const [version, keyId, encoded, rest] = sealed.split(".");
  if (version !== "v1" || !keyId || !encoded || rest !== undefined)
    throw new UnsealError("malformed", null, place);
  const key = keyring.keys.get(keyId);
  if (!key) throw new UnsealError("unknown_key", keyId, place);
  const body = Buffer.from(encoded, "base64url");
  if (body.length < NONCE_BYTES + TAG_BYTES) throw new UnsealError("malformed", keyId, place);
  try {
    const decipher = createDecipheriv("aes-256-gcm", keyObjectOf(key), body.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(associatedData(keyId, place));
    decipher.setAuthTag(body.subarray(-TAG_BYTES));
    const plain = decipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES));
    // In this mode all of the text has come by now: what is left is to judge the tag.
    decipher.final();
    return plain.toString("utf8");
  } catch {
    throw new UnsealError("wrong_key_or_place", keyId, place);
  }
}

/** The id of the key that a value was sealed with, or null where it is no sealed value. */
export function sealedKeyId(sealed: string): string | null {
  return /^v1\.([A-Za-z0-9_-]{1,32})\./.exec(sealed)?.[1] ?? null;
}
