import { hash, randomBytes } from "node:crypto";

/** A random 256-bit secret in base64url, for API keys and links; only its {@link hashSecret} is stored. */
export function createSecret(): string {
  return randomBytes(32).toString("base64url");
}

/**
 * SHA-256 of a 256-bit random secret. Looking the hash up in a unique index compares no byte of the secret itself,
 * so timing tells nothing of it; a slow hash is for passwords, see lib/crypto/password.ts.
 */
export function hashSecret(secret: string): Buffer<ArrayBuffer> {
  return Buffer.from(hash("sha256", secret, "buffer"));
}
