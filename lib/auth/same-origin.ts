import { AppError } from "@/lib/errors";

/**
 * Whether a request that changes something comes from a page of ours. Browsers send `Origin` with every POST, and
 * `Sec-Fetch-Site` where the page's referrer policy made that "null"; a request with neither is no browser's, carries
 * nobody's cookie by accident, and is refused all the same.
 */
export function isSameOrigin(headers: Headers, publicUrl: string): boolean {
  const origin = headers.get("origin");
  if (origin !== null && origin !== "null") return origin === publicUrl;
  return headers.get("sec-fetch-site") === "same-origin";
}

/**
 * For every route handler that changes something.
 * @throws AppError `permission_denied`
 */
export function assertSameOrigin(request: Request, publicUrl: string): void {
  if (isSameOrigin(request.headers, publicUrl)) return;
  throw new AppError(
    "permission_denied",
    "This request did not come from a page of this server. Open the page again and repeat it there.",
  );
}
