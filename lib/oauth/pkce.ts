import * as client from "openid-client";

/** A fresh code verifier of 256 bit (RFC 7636 4.1). */
export function createPkce(): { codeVerifier: string } {
  return { codeVerifier: client.randomPKCECodeVerifier() };
}

/** A fresh `state` of 256 bit. */
export function createState(): string {
  return client.randomState();
}
