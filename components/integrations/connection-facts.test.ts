import { describe, expect, it } from "vitest";
import { accountInWords, connectionFacts } from "@/components/integrations/connection-facts";
import type { ConnectionView, IntegrationView } from "@/lib/integrations/schema";

const nowMs = Date.UTC(2026, 10, 20, 9);

function facts(connection: Partial<ConnectionView> | null) {
  const view = { connection } as IntegrationView;
  return connectionFacts(view, nowMs);
}

describe("connectionFacts", () => {
  it("asks for Connect where there never was a token", () => {
    expect(facts({ status: "not_connected" })).toMatchObject({ needsConnect: true, verb: "Connect" });
  });

  it("asks for nothing while the token lives", () => {
    const alive = { status: "active", hasAccessToken: true, expiresAt: "2026-11-20T09:30:00.000Z" } as const;
    expect(facts(alive)).toMatchObject({ needsConnect: false, expired: false, verb: "Reconnect" });
  });

  it("asks for Reconnect once the token is over, unless a refresh token gets another", () => {
    const over = { status: "active", hasAccessToken: true, expiresAt: "2026-11-20T08:30:00.000Z" } as const;
    expect(facts(over)).toMatchObject({ needsConnect: true, expired: true, verb: "Reconnect" });
    expect(facts({ ...over, hasRefreshToken: true })).toMatchObject({ needsConnect: false, expired: true });
  });

  it("asks for nothing where the next token comes without a person", () => {
    const over = { status: "active", hasAccessToken: true, expiresAt: "2026-11-20T08:30:00.000Z" } as const;
    expect(facts({ ...over, comesByItself: true })).toMatchObject({ needsConnect: false, expired: true });
  });

  it("does not wait for a consent whose time is over", () => {
    expect(facts({ status: "not_connected", waitingUntil: "2026-11-20T08:59:59.000Z" })?.waiting).toBe(false);
    expect(facts({ status: "not_connected", waitingUntil: "2026-11-20T09:05:00.000Z" })?.waiting).toBe(true);
  });

  it("knows nothing of an integration without OAuth", () => {
    expect(facts(null)).toBeNull();
  });
});

describe("accountInWords", () => {
  it("names the person and the tenant", () => {
    const account = { subject: "42", label: "ada@contoso.example", tenant: "contoso" };
    expect(accountInWords(account)).toBe("ada@contoso.example · tenant contoso");
  });

  it("says nothing where the service said nothing", () => {
    expect(accountInWords({ subject: null, label: null, tenant: null })).toBeNull();
  });
});
