import { describe, expect, it } from "vitest";
import { classifyOAuthError, KNOWN_ERROR_CODES } from "@/lib/oauth/classify-error";
import type { EgressReason } from "@/lib/egress/egress-error";
import { originChanged } from "@/lib/integrations/rules";
import { OAuthServiceError, type OAuthErrorKind } from "@/lib/oauth/oauth-error";
import { judgeFailure } from "@/lib/refresh/rules";
import {
  adviceForConnecting,
  describeTrouble,
  explainTrouble,
  howNextTokenComes,
  isExplained,
  nextAttemptAt,
  wordsOfService,
  type ScheduleFacts,
} from "./rules";

/** Where an error has no code of the service's, its kind or its reason is stored. Complete, or it does not compile. */
const KINDS: Record<OAuthErrorKind, true> = {
  error_answer: true,
  not_json: true,
  unusable_answer: true,
  unsent: true,
  no_answer: true,
};
const REASONS: Record<EgressReason, true> = {
  invalid_url: true,
  scheme_forbidden: true,
  https_required: true,
  address_forbidden: true,
  dns_failed: true,
  connect_failed: true,
  tls_failed: true,
  timeout: true,
  too_large: true,
  redirect_refused: true,
  reset: true,
  bad_encoding: true,
};
/** What the engine, an edit and a changed mapping store by names of their own. */
const OURS = [
  "oauth_client_invalid",
  "unsealable",
  "unreachable",
  "answer_not_stored",
  "changed_before_sending",
  "too_late_to_send",
  "answer_lost",
  "no_refresh_token",
  "token_url_changed",
  "default_connection_unusable",
  originChanged([], new Date()).errorCode,
  "refresh_paused",
  // Of a placeholder without a value.
  "validation_failed",
];

const admin = { mayConnect: true, mayEdit: true };
const technician = { mayConnect: true, mayEdit: false };
const viewer = { mayConnect: false, mayEdit: false };
const stored = { code: "invalid_grant", message: null, since: null, nextTryAt: null };

describe("a stored trouble in words", () => {
  const codes = [...KNOWN_ERROR_CODES, ...Object.keys(KINDS), ...Object.keys(REASONS), ...OURS];

  it.each(codes)("has words of its own for %s: what happened, and what to do", (code) => {
    expect(isExplained(code)).toBe(true);
    for (const status of ["degraded", "reconnect_required"]) {
      const { what, advice } = explainTrouble(code, status);
      expect(what).toMatch(/^[A-Z].*\.$/);
      expect(advice).not.toBe("");
    }
  });

  it("names who mends it as the engine does: a person, the OAuth client's editor, or the service itself", () => {
    for (const code of KNOWN_ERROR_CODES) {
      const error = new OAuthServiceError("x", { kind: "error_answer", code, httpStatus: 400 });
      const kind = classifyOAuthError(error);
      const { blamesClient, retryInMs } = judgeFailure(kind, { failures: 0, unknown: 0 }, null, 0);
      const { mender } = explainTrouble(code, "degraded");
      if (kind === "needs_person") expect(mender, code).toBe("connector");
      if (kind === "passing") expect(mender, code).toBe("service");
      if (blamesClient && retryInMs !== null) expect(mender, code).toBe("editor");
    }
  });

  it("asks for a person where only a person can mend it, also by a code that nobody here knows", () => {
    expect(explainTrouble("made_up", "degraded")).toMatchObject({ mender: "service", act: "refresh" });
    expect(explainTrouble("made_up", "reconnect_required")).toMatchObject({ act: "reconnect" });
    expect(explainTrouble("error_answer", "reconnect_required")).toMatchObject({ act: "reconnect" });
  });

  it("offers each reader the button that is theirs to press, and else says who can", () => {
    const client = { ...stored, code: "oauth_client_invalid" };
    expect(describeTrouble(stored, "reconnect_required", technician).act).toBe("reconnect");
    expect(describeTrouble(client, "degraded", admin).act).toBe("edit_secret");
    expect(describeTrouble(client, "degraded", technician)).toMatchObject({
      act: null,
      advice: "A platform admin can mend it, in the OAuth settings.",
    });
    const seen = describeTrouble(stored, "reconnect_required", viewer);
    expect(seen).toMatchObject({ act: null });
    expect(seen.advice).toContain("technician");
    expect(describeTrouble({ ...stored, code: "unsealable" }, "degraded", admin).act).toBeNull();
  });

  it("asks for no consent where the token is made with the default connection's", () => {
    const derived = describeTrouble({ ...stored, isDerived: true }, "reconnect_required", technician);
    expect(derived).toMatchObject({ act: "refresh" });
    expect(derived.advice).toContain("this customer's tenant");
  });

  it("quotes the service's words apart from ours", () => {
    expect(wordsOfService("login.example.com refused: invalid_grant: Token was revoked")).toBe(
      "invalid_grant: Token was revoked",
    );
    expect(wordsOfService("login.example.com refused with HTTP 418: I am a teapot")).toBe("I am a teapot");
    expect(wordsOfService("login.example.com refused with HTTP 400 and said no more.")).toBeNull();
    const ours = "login.example.com answered with HTTP 503 and an empty body.";
    expect(describeTrouble({ ...stored, message: ours }, "degraded", admin)).toMatchObject({
      quote: null,
      note: ours,
    });
  });

  it("gives our words alone to those whose connection it is not, and sends them to whom it belongs", () => {
    const outsider = { ...viewer, isOutsider: true };
    const message = "login.example.com refused: invalid_grant: ada@provider.example was removed";
    for (const said of [message, "login.example.com answered with HTTP 503."]) {
      expect(describeTrouble({ ...stored, message: said }, "reconnect_required", outsider)).toMatchObject({
        what: "The service no longer takes the refresh token.",
        quote: null,
        note: null,
        advice: "A platform admin or a technician can reconnect it.",
      });
    }
  });

  it("tells how to go about connecting again", () => {
    expect(adviceForConnecting("invalid_client")).toContain("Client Secret");
    expect(adviceForConnecting("made_up")).toContain("connect again");
    for (const code of ["redirect_uri_mismatch", "bad_redirect_uri"])
      expect(adviceForConnecting(code)).toMatch(/^Register the Redirect URI/);
  });

  it("asks nobody to change anything where the service is down or busy", () => {
    for (const code of ["temporarily_unavailable", "server_error", "timeout", "no_answer", "rate_limited"])
      expect(adviceForConnecting(code)).toMatch(/Nothing has to be changed here/);
    const page = (status: number) => `login.example.com answered with HTTP ${status} and an empty body.`;
    expect(adviceForConnecting("not_json", page(503))).toMatch(/when the service is back/);
    expect(adviceForConnecting("not_json", page(404))).toMatch(/Check the URLs/);
    expect(adviceForConnecting("oops", "login.example.com refused with HTTP 500: oops")).toMatch(/is back/);
    expect(adviceForConnecting("oops", "login.example.com refused: oops of HTTP 500")).toMatch(
      /Check the URLs/,
    );
  });
});

describe("the next try", () => {
  const at = (minutes: number) => new Date(minutes * 60_000);
  const facts: ScheduleFacts = {
    status: "active",
    dueAt: at(10),
    nextTryAt: null,
    forbiddenUntil: null,
    leaseUntil: null,
    client: { errorCode: null, probeAt: null },
  };

  it("is when the token is due, or later where the backoff, the service, an attempt without an answer or a broken client says so", () => {
    expect(nextAttemptAt(facts)).toEqual(at(10));
    expect(nextAttemptAt({ ...facts, status: "degraded", nextTryAt: at(20) })).toEqual(at(20));
    expect(nextAttemptAt({ ...facts, forbiddenUntil: at(30) })).toEqual(at(30));
    expect(nextAttemptAt({ ...facts, leaseUntil: at(35) })).toEqual(at(35));
    expect(nextAttemptAt({ ...facts, client: { errorCode: "x", probeAt: at(40) } })).toEqual(at(40));
  });

  it("is none before somebody acts", () => {
    expect(nextAttemptAt({ ...facts, dueAt: null })).toBeNull();
    expect(nextAttemptAt({ ...facts, status: "reconnect_required" })).toBeNull();
    expect(nextAttemptAt({ ...facts, client: { errorCode: "x", probeAt: null } })).toBeNull();
  });
});

it("says how the next token comes once one is over", () => {
  const words = (connection: { hasRefreshToken?: boolean; comesByItself?: boolean }, mayConnect = true) =>
    howNextTokenComes({ hasRefreshToken: false, comesByItself: false, ...connection }, mayConnect);
  expect(words({})).toBe("Choose Reconnect to get a new one.");
  expect(words({}, false)).toMatch(/^Ask /);
  expect(words({ hasRefreshToken: true })).toContain("refreshed");
  expect(words({ comesByItself: true })).toContain("gets a new one");
  expect(words({ comesByItself: true }, false)).not.toContain("Refresh token does it");
});
