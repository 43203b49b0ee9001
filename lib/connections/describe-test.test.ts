import { describe, expect, it } from "vitest";
import { describeExpired, describeReached, describeTokenAnswer, type TestedToken } from "./describe-test";

const token = (changes: Partial<TestedToken> = {}): TestedToken => ({
  status: "active",
  errorCode: null,
  errorMessage: null,
  isDerived: false,
  hasRefreshToken: true,
  comesByItself: false,
  viewer: { mayConnect: true, mayEdit: true },
  ...changes,
});
const BY_ITSELF = { hasRefreshToken: false, comesByItself: true };

describe("an expired token", () => {
  it("is refreshed for the next script where it can be, and wants a person only where none comes otherwise", () => {
    expect(describeExpired(token())).toMatch(/refreshed; Refresh token does it now/);
    expect(describeExpired(token(BY_ITSELF))).toMatch(/next script that asks gets a new one/);
    for (const renewable of [token(), token(BY_ITSELF)])
      expect(describeExpired(renewable)).not.toMatch(/reconnect/i);
    expect(describeExpired(token({ hasRefreshToken: false }))).toMatch(/Choose Reconnect/);
  });

  it("says what its refresh ran into, and what Health advises against it", () => {
    const down = token({ status: "degraded", errorCode: "connect_failed" });
    expect(describeExpired(down)).toMatch(/could not be reached\. Nobody has to act here/);
    const revoked = token({
      status: "reconnect_required",
      errorCode: "invalid_grant",
      errorMessage: "login.example.com refused with HTTP 400: The grant was revoked.",
    });
    expect(describeExpired(revoked)).toMatch(/“The grant was revoked\.” Reconnect and consent again\./);
    const client = token({ status: "degraded", errorCode: "oauth_client_invalid", ...BY_ITSELF });
    expect(describeExpired(client)).toMatch(/Enter the Client ID and Client Secret/);
  });
});

describe("a token that the service does not accept", () => {
  const words = (changes?: Partial<TestedToken>) => describeTokenAnswer(401, token(changes)).message;

  it("is replaced by a refresh first, where it can be refreshed", () => {
    expect(words()).toMatch(/Refresh token gets another one.*reconnect, or check the Test URL/);
    expect(words(BY_ITSELF)).toMatch(/Refresh token gets another one/);
    const derived = words({ ...BY_ITSELF, isDerived: true });
    expect(derived).toMatch(/Refresh token/);
    expect(derived).not.toMatch(/reconnect/i);
  });

  it("is replaced by a consent where nothing else brings another", () => {
    expect(words({ hasRefreshToken: false })).toMatch(/\(401\)\. Reconnect, or check/);
    expect(words({ status: "reconnect_required" })).toMatch(/\(401\)\. Reconnect, or check/);
  });

  it("is for the provider's people to refresh where it is made with their consent", () => {
    const outsider = { mayConnect: false, mayEdit: false, isOutsider: true };
    expect(words({ ...BY_ITSELF, isDerived: true, viewer: outsider })).toMatch(/Ask a platform admin/);
  });
});

it("takes a refusal of a request without credentials for an answer, and nothing else that is no success", () => {
  expect(describeReached(401, null)).toMatchObject({ ok: true, message: expect.stringMatching(/not sent/) });
  expect(describeReached(200, "Ask so.")).toMatchObject({
    ok: true,
    message: expect.stringMatching(/Ask so\.$/),
  });
  expect(describeReached(404, null)).toMatchObject({ ok: false });
  expect(describeReached(503, null)).toMatchObject({ ok: false });
});
