import type { Ctx } from "@/lib/auth/context";
import { seal, type SealedText } from "@/lib/crypto/seal";
import { checkUrl } from "@/lib/egress/rules";
import { fieldError } from "@/lib/errors";
import { urlHint } from "./rules";

/**
 * Judges a URL by the egress policy and seals it. What its name resolves to is judged at each delivery.
 * @throws AppError `validation_failed`
 */
export function sealCheckedUrl(
  { egress, keyring }: Pick<Ctx, "egress" | "keyring">,
  id: string,
  url: string,
): { url: SealedText; urlHint: string } {
  const verdict = checkUrl(url, egress);
  if (!verdict.ok) throw fieldError("url", verdict.message);
  return {
    url: seal(keyring, { table: "WebhookEndpoint", id, field: "url" }, url),
    urlHint: urlHint(url),
  };
}
