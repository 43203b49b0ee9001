import { createHash, createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { importPKCS8 } from "jose";
import * as client from "openid-client";
import { OAuthServiceError } from "./oauth-error";
import type { OAuthClientSettings, OAuthPrivateKey } from "./types";

/**
 * How the client proves itself at the token endpoint.
 *
 * @throws {OAuthServiceError} `unsent` when the secret or key it takes is missing or unreadable
 */
export async function clientAuthenticationOf(settings: OAuthClientSettings): Promise<client.ClientAuth> {
  switch (settings.tokenEndpointAuthMethod) {
    case "none":
      return client.None();
    case "client_secret_post":
      return client.ClientSecretPost(requireSecret(settings));
    case "client_secret_basic":
      return client.ClientSecretBasic(requireSecret(settings));
    case "client_secret_basic_raw":
      return basicRaw(requireSecret(settings));
    case "private_key_jwt":
      return await privateKeyJwt(settings);
  }
}

/** Basic without the form-encoding of RFC 6749 2.3.1, as a good many servers demand. */
function basicRaw(secret: string): client.ClientAuth {
  return (_server, metadata, _body, headers) => {
    const credentials = Buffer.from(`${metadata.client_id}:${secret}`, "utf8").toString("base64");
    headers.set("authorization", `Basic ${credentials}`);
  };
}

async function privateKeyJwt(settings: OAuthClientSettings): Promise<client.ClientAuth> {
  if (!settings.privateKey)
    throw unsent("The OAuth client has no private key. Enter one in the OAuth settings.");
  const key = await importKey(settings.privateKey);
  const thumbprint = certificateThumbprint(settings.privateKey.pem);
  return client.PrivateKeyJwt(settings.privateKey.keyId ? { key, kid: settings.privateKey.keyId } : key, {
    [client.modifyAssertion]: (header, payload) => {
      // RFC 7523 3: the token endpoint's own URL names the audience where no real issuer is known.
      payload.aud = settings.tokenUrl;
      // Microsoft finds the certificate by its thumbprint.
      if (thumbprint !== null) header["x5t#S256"] = thumbprint;
    },
  });
}

async function importKey({ pem, algorithm }: OAuthPrivateKey): Promise<client.CryptoKey> {
  try {
    const key = createPrivateKey(pem);
    const pkcs8 = key.export({ type: "pkcs8", format: "pem" }).toString();
    return await importPKCS8(pkcs8, algorithm ?? defaultAlgorithm(key));
  } catch (cause) {
    throw unsent(
      "The private key could not be read. Enter an unencrypted key in PEM format that fits the algorithm.",
      cause,
    );
  }
}

function defaultAlgorithm(key: KeyObject): string {
  const curves: Record<string, string> = { prime256v1: "ES256", secp384r1: "ES384", secp521r1: "ES512" };
  if (key.asymmetricKeyType === "ec") return curves[key.asymmetricKeyDetails?.namedCurve ?? ""] ?? "ES256";
  return key.asymmetricKeyType === "ed25519" ? "Ed25519" : "RS256";
}

/** A certificate pasted beside its key, as services hand them out together. */
function certificateThumbprint(pem: string): string | null {
  const certificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(pem)?.[0];
  if (certificate === undefined) return null;
  try {
    return createHash("sha256").update(new X509Certificate(certificate).raw).digest("base64url");
  } catch {
    return null;
  }
}

function requireSecret(settings: OAuthClientSettings): string {
  if (settings.clientSecret) return settings.clientSecret;
  throw unsent("The OAuth client has no client secret. Enter it in the OAuth settings.");
}

function unsent(message: string, cause?: unknown): OAuthServiceError {
  return new OAuthServiceError(message, { kind: "unsent", cause });
}
