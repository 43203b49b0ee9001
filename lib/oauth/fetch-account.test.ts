import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createGuardedFetch } from "@/lib/egress/guarded-fetch";
import { startFaultyService, type FaultyService } from "@/test/oauth-service/faulty-service";
import type { ScriptedAnswer } from "@/test/oauth-service/scripted-answer";
import { accountFromIdentity } from "./accounts";
import { fetchAccount } from "./fetch-account";

const io = { fetch: createGuardedFetch({ allowLoopback: true, allow: [] }), timeoutMs: 30_000 };
let service: FaultyService;

beforeAll(async () => (service = await startFaultyService()));
afterAll(() => service.close());
beforeEach(() => (service.requests.length = 0));

describe("whose account it is", () => {
  it.each([
    [
      "Microsoft Graph",
      { id: "1f", displayName: "Ada", mail: null, userPrincipalName: "ada@contoso.example" },
      ["1f", "ada@contoso.example", null],
    ],
    [
      "Google",
      { sub: "103", email: "ada@contoso.example", hd: "contoso.example", name: "Ada" },
      ["103", "ada@contoso.example", "contoso.example"],
    ],
    ["GitHub", { login: "ada", id: 583231, email: null, name: "Ada" }, ["583231", "ada", null]],
    [
      "Slack",
      {
        ok: true,
        url: "https://contoso.slack.com/",
        team: "Contoso",
        user: "ada",
        team_id: "T1",
        user_id: "U1",
      },
      ["U1", "ada", "T1"],
    ],
    [
      "HubSpot",
      { user: "ada@contoso.example", hub_id: 62515, hub_domain: "contoso.example", user_id: 123 },
      ["123", "ada@contoso.example", "62515"],
    ],
    [
      "Zoom",
      { id: "z8y", account_id: "q6g", email: "ada@contoso.example" },
      ["z8y", "ada@contoso.example", "q6g"],
    ],
    [
      "Dropbox",
      { account_id: "dbid:1", name: { display_name: "Ada L" }, email: "ada@contoso.example" },
      ["dbid:1", "ada@contoso.example", null],
    ],
    [
      "Salesforce",
      { sub: "https://x/id/00D/005", user_id: "005", organization_id: "00D", email: "ada@contoso.example" },
      ["https://x/id/00D/005", "ada@contoso.example", "00D"],
    ],
    [
      "Atlassian",
      [{ id: "cloud-1", name: "contoso", url: "https://contoso.atlassian.net" }],
      [null, "contoso", "cloud-1"],
    ],
    [
      "Xero",
      [
        { id: "c1", tenantId: "t1", tenantName: "Contoso" },
        { id: "c2", tenantId: "t2", tenantName: "Fabrikam" },
      ],
      [null, "Contoso, Fabrikam", "t1"],
    ],
    [
      "a wrapped answer",
      { data: { id: "7", email: "ada@contoso.example" } },
      ["7", "ada@contoso.example", null],
    ],
  ])("is read from %s's answer", (_, body, [subject, label, tenant]) => {
    expect(accountFromIdentity(body)).toEqual({ subject, label, tenant });
  });

  it.each([
    [{}],
    [[]],
    [null],
    ["text"],
    [7],
    [[null]],
    [{ data: [] }],
    [{ email: 7n.toString().repeat(400) }],
  ])("cannot be read from %j", (body) => expect(accountFromIdentity(body)).toBeNull());

  it("asks Microsoft for the tenant as well", async () => {
    service.enqueue("/v1.0/me", { body: { id: "1f", mail: "ada@contoso.example" } });
    service.enqueue("/v1.0/organization", {
      body: { value: [{ id: "t-1", verifiedDomains: [{ name: "contoso.example" }, {}] }] },
    });
    expect(await fetchAccount({ identityUrl: service.url("/v1.0/me") }, "token", io)).toEqual({
      subject: "1f",
      label: "ada@contoso.example",
      tenant: "t-1",
      tenantNames: ["contoso.example"],
    });
    expect(service.requests.map((request) => request.headers.authorization)).toEqual([
      "Bearer token",
      "Bearer token",
    ]);
  });

  it("is asked by POST where the service wants it", async () => {
    service.enqueue("/me", { body: { account_id: "dbid:1" } });
    await fetchAccount({ identityUrl: service.url("/me"), identityMethod: "POST" }, "token", io);
    expect(service.requests[0]?.method).toBe("POST");
  });

  it.each([
    [{ status: 401, body: { error: "x" } }],
    [{ status: 200, body: { ok: false, error: "invalid_auth" } }],
    [{ status: 200, body: "<html>" }],
    [{ status: 302, headers: { location: "/elsewhere" } }],
    [{ fault: "hang" }],
    [{ fault: "reset" }],
    [{ fault: "large" }],
  ] as [ScriptedAnswer][])("stays unknown, and no failure, after %j", async (answer) => {
    service.enqueue("/me", answer);
    // Only what never comes may be given up early: a slow machine is no service that hangs.
    const timeoutMs = answer.fault === "hang" ? 500 : io.timeoutMs;
    const asked = fetchAccount({ identityUrl: service.url("/me") }, "token", { ...io, timeoutMs });
    expect(await asked).toBeNull();
  });

  it("is not asked without an identity URL", async () => {
    expect(await fetchAccount({ identityUrl: null }, "token", io)).toBeNull();
  });
});
