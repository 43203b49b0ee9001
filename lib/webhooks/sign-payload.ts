import { createHmac, randomBytes } from "node:crypto";

const PREFIX = "whsec_";
const SECRET_BYTES = 32;

/** A fresh signing secret as Standard Webhooks serialises one. */
export function createSigningSecret(): string {
  return `${PREFIX}${randomBytes(SECRET_BYTES).toString("base64")}`;
}

export interface SignedMessage {
  /** Of the event, the same over all tries. */
  id: string;
  /** Of this try, in Unix seconds. */
  timestampSeconds: number;
  body: string;
}

/**
 * The three headers of Standard Webhooks 1.0.0, "Webhook headers": one signature for each secret, so that a receiver can
 * change from the former to the new one without losing a message.
 */
export function signPayload(message: SignedMessage, secrets: readonly string[]): Record<string, string> {
  const { id, timestampSeconds, body } = message;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(PREFIX.length), "base64");
    return `v1,${createHmac("sha256", key).update(`${id}.${timestampSeconds}.${body}`).digest("base64")}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestampSeconds),
    "webhook-signature": signatures.join(" "),
  };
}
