/** What ails a connection or an OAuth client, as stored. */
export interface StoredTrouble {
  code: string;
  /** A sentence of ours, with the service's own words at its end where it gave any. */
  message: string | null;
  since: Date | null;
  /** Null: not before somebody acts. */
  nextTryAt: Date | null;
  /** Of a token that is made with the default connection's consent: nobody connects it. */
  isDerived?: boolean;
  /** Its refresh token may be spent, and is not tried again while the access token works. */
  isHeld?: boolean;
  /** An attempt is under way, or ended without a word not long ago. */
  isRefreshing?: boolean;
}

/** The same in words for one reader. Times are ISO 8601. */
export interface Trouble {
  code: string;
  /** What happened, in our words. */
  what: string;
  /** The service's own words; null where it gave none. */
  quote: string | null;
  /** What else is known of it, in our words, where the service gave none. */
  note: string | null;
  since: string | null;
  /** Null: not before somebody acts. */
  nextTryAt: string | null;
  /** It is tried right now, or was not long ago and ended without a word; `nextTryAt` is for when that brings nothing. */
  isRefreshing: boolean;
  /** What this reader can do, or who can. */
  advice: string;
  /** The button that mends it, where it is this reader's to press. */
  act: MendingAct;
}

/** Who can mend it: whoever may connect, whoever may edit the OAuth client, the server's operator, or nobody here. */
type Mender = "connector" | "editor" | "operator" | "service";
export type MendingAct = "reconnect" | "refresh" | "edit_secret" | "edit_settings" | null;

interface Explanation {
  /** What happened, in our words. */
  what: string;
  mender: Mender;
  /** The button that mends it; null where no button does. */
  act: MendingAct;
  /** What to do, for who can. */
  advice: string;
}

const CONSENT: Omit<Explanation, "what"> = {
  mender: "connector",
  act: "reconnect",
  advice: "Reconnect and consent again.",
};
const CLIENT: Omit<Explanation, "what"> = {
  mender: "editor",
  act: "edit_secret",
  advice:
    "Enter the Client ID and Client Secret that the service has; every connection then recovers by itself.",
};
const SETTINGS: Omit<Explanation, "what"> = {
  mender: "editor",
  act: "edit_settings",
  advice: "Compare the OAuth settings with what the service expects, and save.",
};
const SERVICE: Omit<Explanation, "what"> = {
  mender: "service",
  act: "refresh",
  advice: "Nobody has to act here: it is tried again by itself, and recovers when the service does.",
};
const UNSENT: Omit<Explanation, "what"> = {
  ...SERVICE,
  advice: "Nobody has to act here: it is tried again by itself.",
};
const OPERATOR: Omit<Explanation, "what"> = { mender: "operator", act: null, advice: "" };

const REFUSED_TOKEN = { what: "The service no longer takes the refresh token.", ...CONSENT };
const WANTS_PERSON = { what: "The service wants somebody to sign in or consent again.", ...CONSENT };
const NO_CLIENT = { what: "The service does not accept the OAuth client.", ...CLIENT };
const BUSY = { what: "The service asks to be left alone for a while.", ...SERVICE };
const UNREACHABLE = { what: "The service could not be reached.", ...SERVICE };
const NO_ANSWER = { what: "The service did not answer in time.", ...SERVICE };
const REDIRECT = {
  what: "The service does not know the Redirect URI.",
  mender: "connector",
  act: "reconnect",
  advice: "Register the Redirect URI at the service, then reconnect.",
} as const;
const NOT_ALLOWED = {
  what: "The Token URL leads to an address that this server may not call.",
  mender: "editor",
  act: "edit_settings",
  advice: "Correct the Token URL, or have the operator allow the address with BIFROST_EGRESS_ALLOW.",
} as const;

/** By the codes that attempts, edits and the services themselves leave (RFC 6749 5.2, OpenID Connect Core 3.1.2.6). */
const EXPLANATIONS: ReadonlyMap<string, Explanation> = new Map(
  Object.entries({
    invalid_grant: REFUSED_TOKEN,
    dead_token: REFUSED_TOKEN,
    bad_refresh_token: REFUSED_TOKEN,
    invalid_refresh_token: REFUSED_TOKEN,
    bad_verification_code: REFUSED_TOKEN,
    invalid_code: REFUSED_TOKEN,
    token_revoked: { what: "The access was revoked at the service.", ...CONSENT },
    token_expired: { what: "The refresh token has expired.", ...CONSENT },
    account_inactive: {
      ...CONSENT,
      what: "The account that consented is not active any more.",
      advice: "Reconnect with an account that is active.",
    },
    interaction_required: WANTS_PERSON,
    consent_required: WANTS_PERSON,
    login_required: WANTS_PERSON,
    account_selection_required: WANTS_PERSON,
    access_denied: { what: "The service denied the access.", ...CONSENT },
    answer_lost: {
      ...CONSENT,
      what: "An answer of the service was lost on its way, and the refresh token may be spent.",
    },
    no_refresh_token: {
      ...CONSENT,
      what: "The access token has expired, and the service gave no refresh token.",
    },
    default_connection_unusable: {
      what: "The default connection, whose consent this organization uses, makes no tokens.",
      mender: "connector",
      act: null,
      advice:
        "Reconnect the integration's default connection; what uses its consent then recovers by itself.",
    },
    origin_changed: {
      ...CONSENT,
      what: "The integration's URLs now lead to another server than the one that made the token.",
    },
    token_url_changed: {
      ...CONSENT,
      what: "The Token URL, or what a token is asked for with, has changed since it was made.",
    },

    oauth_client_invalid: NO_CLIENT,
    invalid_client: NO_CLIENT,
    unauthorized_client: NO_CLIENT,
    incorrect_client_credentials: NO_CLIENT,
    bad_client_secret: NO_CLIENT,
    invalid_client_id: NO_CLIENT,
    invalid_client_secret: NO_CLIENT,

    invalid_scope: {
      ...SETTINGS,
      what: "The service does not grant these Scopes to this client.",
      advice:
        "Compare the Scopes with what the service offers, and save; where other connections work with them, reconnect this one.",
    },
    invalid_request: { ...SETTINGS, what: "The service does not take the request as it is made." },
    invalid_target: { ...SETTINGS, what: "The service does not know the audience that is asked for." },
    unsupported_grant_type: { ...SETTINGS, what: "The service does not offer this OAuth Flow Type." },
    unsupported_response_type: { ...SETTINGS, what: "The service does not offer this OAuth Flow Type." },
    redirect_uri_mismatch: REDIRECT,
    bad_redirect_uri: REDIRECT,
    unsent: { ...SETTINGS, what: "The request could not be made from the settings as they are." },
    validation_failed: {
      ...SETTINGS,
      what: "A value that the URLs need is missing or does not fit.",
      advice: "Enter it under Configuration, or in the organization's mapping.",
    },
    invalid_url: { ...SETTINGS, what: "The Token URL is not a URL." },
    scheme_forbidden: NOT_ALLOWED,
    https_required: NOT_ALLOWED,
    address_forbidden: NOT_ALLOWED,

    answer_not_stored: {
      ...UNSENT,
      what: "No answer to this attempt was stored: the process that made it ended, or stood still for too long.",
    },
    changed_before_sending: {
      ...UNSENT,
      what: "The connection, or the consent that it uses, changed at that moment, so nothing was sent.",
    },
    too_late_to_send: {
      ...UNSENT,
      what: "It took too long until the request could be sent, so nothing was sent.",
    },

    temporarily_unavailable: { ...SERVICE, what: "The service says that it is not available." },
    server_error: { ...SERVICE, what: "The service has trouble of its own." },
    slow_down: BUSY,
    ratelimited: BUSY,
    rate_limited: BUSY,
    no_answer: NO_ANSWER,
    timeout: NO_ANSWER,
    reset: { ...SERVICE, what: "The service broke the connection." },
    unreachable: UNREACHABLE,
    dns_failed: UNREACHABLE,
    connect_failed: UNREACHABLE,
    tls_failed: { ...SERVICE, what: "The service's certificate could not be trusted." },
    redirect_refused: { ...SERVICE, what: "The Token URL answered with a redirect, which is not followed." },
    too_large: { ...SERVICE, what: "The service answered with far more than a token." },
    bad_encoding: { ...SERVICE, what: "The service's answer could not be read." },
    not_json: { ...SERVICE, what: "The service answered with something that is no token." },
    unusable_answer: { ...SERVICE, what: "The service answered without a token." },
    error_answer: { ...SERVICE, what: "The service refused, and gave no reason that is known." },

    unsealable: {
      ...OPERATOR,
      what: "The stored token cannot be opened with this server's keys.",
      advice:
        "The server's operator puts the missing key back into BIFROST_ENCRYPTION_KEYS; or somebody reconnects.",
    },
    refresh_paused: {
      ...OPERATOR,
      what: "Refreshing is paused: this database last ran under another address.",
      advice: "The server's operator stops the other copy, then runs: npm run bifrost -- refresh confirm",
    },
  } satisfies Record<string, Explanation>),
);

/** What a code means for people; one that nobody here knows goes by whether it is tried again. */
export function explainTrouble(code: string, status: string): Explanation {
  const known = EXPLANATIONS.get(code.toLowerCase());
  const needsPerson = status === "reconnect_required";
  // What was tried in vain often enough needs a person, whatever it is called.
  if (known && !(needsPerson && known.mender === "service")) return known;
  return needsPerson
    ? { what: known?.what ?? "The service refuses to refresh the token.", ...CONSENT }
    : { what: "The service refused to refresh the token.", ...SERVICE };
}

/** A tenant's own refusal is mended there, without another consent. */
const OF_DERIVED = {
  act: "refresh",
  advice:
    "Have the access allowed in this customer's tenant, then press Refresh token; or connect the organization by itself.",
} as const;

/** Reuse detection could end the access token as well. */
const HELD = {
  act: null,
  advice:
    "The refresh token may be spent. The access token still works, so it is tried again by itself once that has expired.",
} as const;

/** Whether an explanation is written for this very code. */
export function isExplained(code: string): boolean {
  return EXPLANATIONS.has(code.toLowerCase());
}

/** The service's own words in a stored message; null where it gave none, and then the message is ours alone. */
export function wordsOfService(message: string): string | null {
  const said = /^\S+ refused(?: with HTTP \d{3})?: (.+)$/s.exec(message)?.[1]?.trim();
  return said ? said : null;
}

/** A stored failure as one sentence: our words alone for those of a managed organization whose it is not. */
export function tellFailure(
  {
    errorCode,
    errorMessage,
    status,
  }: { errorCode: string | null; errorMessage: string | null; status: string },
  isOutsider: boolean,
): string | null {
  if (!isOutsider || (errorCode === null && errorMessage === null)) return errorMessage;
  return explainTrouble(errorCode ?? "", status).what;
}

/** Who reads, as far as it decides whether they can mend it. */
export interface Viewer {
  mayConnect: boolean;
  mayEdit: boolean;
  /**
   * It is the provider's own or made with its consent, and they are of a managed organization: they get our words alone, not
   * the service's, which may name the provider's people.
   */
  isOutsider?: boolean;
}

/** A stored trouble in words for who reads them: what happened, why, and what to do or who can. */
export function describeTrouble(stored: StoredTrouble, status: string, viewer: Viewer): Trouble {
  const { code, message, since, nextTryAt, isDerived = false, isHeld = false, isRefreshing = false } = stored;
  const known = explainTrouble(code, status);
  const ownWay =
    isDerived && known.act === "reconnect" ? OF_DERIVED : isHeld && known.act === "refresh" ? HELD : {};
  const explanation = { ...known, ...ownWay };
  const told = viewer.isOutsider ? null : message;
  const quote = told === null ? null : wordsOfService(told);
  return {
    code,
    what: explanation.what,
    quote,
    note: quote === null && told !== code ? told : null,
    since: since?.toISOString() ?? null,
    nextTryAt: nextTryAt?.toISOString() ?? null,
    isRefreshing,
    advice: adviceFor(explanation, viewer),
    act: actFor(explanation, viewer),
  };
}

function adviceFor({ mender, advice }: Explanation, viewer: Viewer): string {
  const { mayConnect, mayEdit, isOutsider } = viewer;
  if (mender === "connector" && !mayConnect)
    return isOutsider
      ? "A platform admin or a technician can reconnect it."
      : "A platform admin, a technician or the organization's own admin can reconnect it.";
  if (mender === "editor" && !mayEdit) return "A platform admin can mend it, in the OAuth settings.";
  return advice;
}

function actFor({ act, mender }: Explanation, { mayConnect, mayEdit }: Viewer): MendingAct {
  return (mender === "editor" ? mayEdit : mayConnect) ? act : null;
}

export const ASK_TO_RECONNECT = "Ask a platform admin or a technician to reconnect.";

/** How scripts get a token again after one has expired. */
export function howNextTokenComes(
  { hasRefreshToken, comesByItself }: { hasRefreshToken: boolean; comesByItself: boolean },
  mayConnect: boolean,
): string {
  if (!hasRefreshToken && !comesByItself) {
    return mayConnect ? "Choose Reconnect to get a new one." : ASK_TO_RECONNECT;
  }
  const next = comesByItself
    ? "The next script that asks gets a new one"
    : "The next script that asks has it refreshed";
  return mayConnect ? `${next}; Refresh token does it now.` : `${next}.`;
}

/** An answer that says of itself that it is passing, whatever stands in it: our own words, as a failed request leaves them. */
const PASSING_ANSWER = /^\S+ (?:refused|answered) with HTTP (?:5\d\d|408|425|429)\b/;

/** How to go about connecting again after it failed, by the code that the attempt left, and the HTTP status in its words. */
export function adviceForConnecting(code: string, message = ""): string {
  switch (code.toLowerCase()) {
    case "access_denied":
    case "consent_required":
    case "interaction_required":
    case "login_required":
      return "Choose Connect again and allow the access, or have it allowed by an admin of the service.";
    case "invalid_client":
    case "unauthorized_client":
      return "Compare Client ID and Client Secret with the service's, save, and connect again.";
    case "invalid_scope":
      return "Compare Scopes with what the service offers this client, save, and connect again.";
    case "invalid_grant":
      return "Compare the Redirect URI registered at the service with the one above, then connect again.";
    case "redirect_uri_mismatch":
    case "bad_redirect_uri":
      return "Register the Redirect URI at the service as the top of the Overview shows it, then connect again.";
    case "temporarily_unavailable":
    case "server_error":
    case "slow_down":
    case "ratelimited":
    case "rate_limited":
    case "no_answer":
    case "timeout":
    case "reset":
      return WAIT_FOR_SERVICE;
    case "unsent":
    case "unreachable":
    case "dns_failed":
    case "connect_failed":
    case "tls_failed":
      return "Check the URLs below. If they are right, connect again when the service can be reached.";
    default:
      return PASSING_ANSWER.test(message)
        ? WAIT_FOR_SERVICE
        : "Check the URLs and the Client ID below, then connect again.";
  }
}

const WAIT_FOR_SERVICE = "Nothing has to be changed here. Connect again when the service is back.";

/** What decides when the schedule tries next. */
export interface ScheduleFacts {
  status: string;
  dueAt: Date | null;
  nextTryAt: Date | null;
  forbiddenUntil: Date | null;
  /** Until when an attempt may be under way: one that nobody answered holds off the next until then. */
  leaseUntil: Date | null;
  /** The OAuth client's fault, if it has one: then one connection at a time probes whether it is mended. */
  client: { errorCode: string | null; probeAt: Date | null } | null;
}

/** An attempt is under way, or ended without a word not long ago. */
export function isUnderWay(leaseUntil: Date | null | undefined, now: Date): boolean {
  return leaseUntil != null && leaseUntil > now;
}

/** When the schedule refreshes next; null: not before somebody acts. */
export function nextAttemptAt(facts: ScheduleFacts): Date | null {
  const { status, dueAt, client } = facts;
  if ((status !== "active" && status !== "degraded") || dueAt === null) return null;
  const times = [dueAt, facts.nextTryAt, facts.forbiddenUntil, facts.leaseUntil];
  if (client && client.errorCode !== null) {
    if (client.probeAt === null) return null;
    times.push(client.probeAt);
  }
  return new Date(Math.max(...times.flatMap((time) => (time === null ? [] : [time.getTime()]))));
}
