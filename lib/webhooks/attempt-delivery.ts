import type { Services } from "@/lib/auth/context";
import { unseal, UnsealError } from "@/lib/crypto/seal";
import { EgressError } from "@/lib/egress/egress-error";
import { readRetryAfter } from "@/lib/oauth/read-answer";
import { plainWords } from "@/lib/oauth/service-words";
import { buildSlackMessage, buildTeamsMessage } from "./build-chat-message";
import { buildPayload, describeEvent } from "./build-payload";
import type { DeliveryClaim } from "./claim-delivery";
import { observeDelivery } from "./observe-delivery";
import type { AttemptFacts } from "./rules";
import type { TryOutcome } from "./schema";
import { settleAttempt } from "./settle-attempt";
import { signPayload } from "./sign-payload";

const TIMEOUT_MS = 20_000;
/** Nobody reads more of an answer than its start; a page of this size is still a success. */
const MAX_ANSWER_BYTES = 4 * 1_048_576;

/** What one request came to, as the log keeps it. */
export interface Attempt extends AttemptFacts {
  durationMs: number;
  failure: string | null;
  answer: string | null;
}

/**
 * Sends a claimed delivery once and stores what came of it. Redirects are not followed, and the egress guard decides which
 * addresses may be reached. A crash on the way leaves the claim to run out, and the same event is sent again.
 */
export async function attemptDelivery(services: Services, claim: DeliveryClaim): Promise<TryOutcome> {
  const attempt = await send(services, claim);
  await settleAttempt(services, claim, attempt);
  const { httpStatus, failure, durationMs } = attempt;
  const isSuccess = httpStatus !== null && httpStatus >= 200 && httpStatus < 300;
  observeDelivery({
    outcome: isSuccess ? "delivered" : httpStatus === null ? "no_answer" : "refused",
    durationMs,
  });
  if (httpStatus === null) return { isSuccess, message: failure ?? "There was no answer." };
  return { isSuccess, message: `The receiver answered HTTP ${httpStatus} in ${durationMs} ms.` };
}

async function send(services: Services, claim: DeliveryClaim): Promise<Attempt> {
  const startedMs = performance.now();
  const spent = () => Math.round(performance.now() - startedMs);
  const none = { httpStatus: null, retryAfterSeconds: null, answer: null };
  try {
    const { url, secrets } = openEndpoint(services, claim);
    const response = await services.fetch(url, {
      method: "POST",
      ...messageOf(services, claim, secrets),
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_ANSWER_BYTES,
    });
    return {
      httpStatus: response.status,
      retryAfterSeconds: readRetryAfter(response.headers.get("retry-after")),
      durationMs: spent(),
      failure: null,
      answer: plainWords(await response.text(), [url, new URL(url).pathname, ...secrets]),
    };
  } catch (error) {
    if (error instanceof EgressError) return { ...none, durationMs: spent(), failure: error.message };
    if (error instanceof UnsealError) return { ...none, durationMs: spent(), failure: KEY_MISSING };
    throw error;
  }
}

const KEY_MISSING =
  "The URL or its secret could not be opened with this installation's keys. Add the key that sealed them back.";

function openEndpoint(
  { keyring }: Services,
  { endpoint }: DeliveryClaim,
): { url: string; secrets: string[] } {
  const open = (field: "url" | "secret" | "previousSecret", sealed: string) =>
    unseal(keyring, { table: "WebhookEndpoint", id: endpoint.id, field }, sealed);
  const { secret, previousSecret } = endpoint;
  return {
    url: open("url", endpoint.url),
    secrets: [
      ...(secret === null ? [] : [open("secret", secret)]),
      ...(previousSecret === null ? [] : [open("previousSecret", previousSecret)]),
    ],
  };
}

function messageOf({ publicUrl }: Services, { now, endpoint, event }: DeliveryClaim, secrets: string[]) {
  const headers = { "content-type": "application/json", "user-agent": "Bifrost-Webhooks" };
  switch (endpoint.format) {
    case "slack":
      return { headers, body: buildSlackMessage(describeEvent(event, publicUrl)) };
    case "teams":
      return { headers, body: buildTeamsMessage(describeEvent(event, publicUrl)) };
    case "standard": {
      const body = buildPayload(event, publicUrl);
      const timestampSeconds = Math.floor(now.getTime() / 1_000);
      return {
        headers: { ...headers, ...signPayload({ id: event.id, timestampSeconds, body }, secrets) },
        body,
      };
    }
  }
}
