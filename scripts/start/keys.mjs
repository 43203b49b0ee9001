import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** @typedef {{ encryptionKeys: string, authSecret: string }} Keys */

/**
 * The keys of a data directory, made at its first start. What the environment sets wins and is not stored.
 *
 * @param {string} dataDir absolute
 * @returns {Keys}
 * @throws {Error} one line, when the file cannot be read: making new keys would hide that the old ones are lost
 */
export function ensureKeys(dataDir) {
  const path = join(dataDir, "keys.json");
  if (!existsSync(path)) {
    // An id of its own, so that records sealed with lost keys are told from records sealed with these.
    const id = `k${randomBytes(3).toString("hex")}`;
    const made = {
      encryptionKeys: `${id}:${randomBytes(32).toString("base64")}`,
      authSecret: randomBytes(32).toString("base64"),
    };
    const aside = `${path}.${process.pid}`;
    writeFileSync(aside, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
    renameSync(aside, path);
  }
  chmodSync(path, 0o600);
  try {
    /** @type {Keys} */
    const { encryptionKeys, authSecret } = JSON.parse(readFileSync(path, "utf8"));
    if (typeof encryptionKeys === "string" && typeof authSecret === "string")
      return { encryptionKeys, authSecret };
  } catch {
    // Said below, in words.
  }
  throw new Error(
    `${path} is damaged: it holds the encryption keys. Restore it from a backup, or set BIFROST_ENCRYPTION_KEYS and AUTH_SECRET.`,
  );
}
