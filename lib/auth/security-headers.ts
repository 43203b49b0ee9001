/** What the headers of an answer depend on. */
export interface AnswerFacts {
  /** Fresh and random for this one answer; Next puts it on its own scripts. */
  nonce: string;
  pathname: string;
  /** BIFROST_URL is https. */
  https: boolean;
  /** `next dev`: React's error stacks need eval, reloading needs a WebSocket, the overlay brings inline styles. */
  development: boolean;
}

/**
 * The stylesheet that the toaster (sonner) puts into the page as an inline style element, which takes no nonce. The
 * test of this file computes it anew from the installed package.
 */
export const SONNER_STYLE_HASH = "'sha256-StEaX+se6YS7pqjzrzMIA0KaX9zF/8zAhvQXZAe5epY='";

/** An empty style element: sonner puts one into the page before it fills it, and browsers check it at both moments. */
const EMPTY_STYLE_HASH = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/**
 * A strict Content-Security-Policy (CSP level 3). Scripts run by nonce alone; what they load, they vouch for.
 *
 * `form-action 'self'` holds for the redirects of a form's answer too (in Chrome), so no form may be answered with a
 * redirect to another origin. Connect and single sign-on therefore answer with the address, or with a page, from
 * which the browser navigates by itself.
 */
export function contentSecurityPolicy({ nonce, https, development }: AnswerFacts): string {
  const directives: Record<string, string> = {
    "default-src": "'self'",
    "script-src": `'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    "style-src": development
      ? "'self' 'unsafe-inline'"
      : `'self' 'nonce-${nonce}' ${SONNER_STYLE_HASH} ${EMPTY_STYLE_HASH}`,
    // Popups and charts are placed by style attributes, which can restyle an element but load and run nothing.
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": development ? "'self' ws:" : "'self'",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    ...(https ? { "upgrade-insecure-requests": "" } : {}),
  };
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`.trim())
    .join("; ");
}

/** Every header that an answer to a browser carries for its safety. */
export function securityHeaders(facts: AnswerFacts): Record<string, string> {
  return {
    "content-security-policy": contentSecurityPolicy(facts),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": referrerPolicy(facts.pathname),
    "permissions-policy":
      "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    ...(facts.https ? { "strict-transport-security": "max-age=31536000; includeSubDomains" } : {}),
  };
}

/**
 * Addresses that carry a secret tell nobody where a visitor came from. `same-origin` where there is a form: under
 * `no-referrer` browsers post with `Origin: null`, and the check of the origin would refuse it.
 */
function referrerPolicy(pathname: string): string {
  if (/^\/oauth\/callback(\/|$)/.test(pathname)) return "no-referrer";
  if (/^\/setup(\/|$)/.test(pathname)) return "same-origin";
  return "strict-origin-when-cross-origin";
}
