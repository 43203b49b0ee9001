import { describe, expect, it } from "vitest";
import {
  expiryAfter,
  holdReason,
  integrationStatus,
  isExpired,
  templateValues,
  withheldScopes,
} from "./rules";

const ada = { subject: "1", label: "ada@contoso.example", tenant: "contoso" };
const bob = { subject: "2", label: "bob@contoso.example", tenant: "contoso" };

describe("integrationStatus", () => {
  it("is the default connection's where there is OAuth", () => {
    const facts = { usesOAuth: true, missingRequired: true };
    expect(integrationStatus({ ...facts, connectionStatus: null })).toBe("not_connected");
    expect(integrationStatus({ ...facts, connectionStatus: "degraded" })).toBe("degraded");
  });

  it("tells whether the values are there where there is none", () => {
    const facts = { usesOAuth: false, connectionStatus: null };
    expect(integrationStatus({ ...facts, missingRequired: true })).toBe("incomplete");
    expect(integrationStatus({ ...facts, missingRequired: false })).toBe("configured");
  });
});

describe("templateValues", () => {
  it("offers the entity ID and every field but secrets and JSON", () => {
    const fields = [
      { key: "host", type: "string", value: "eu" },
      { key: "port", type: "int", value: 8080 },
      { key: "beta", type: "bool", value: false },
      { key: "unset", type: "string", value: null },
      { key: "key", type: "secret", value: "hidden" },
      { key: "rules", type: "json", value: {} },
    ];
    expect(templateValues("contoso", fields)).toEqual({
      entity_id: "contoso",
      host: "eu",
      port: "8080",
      beta: "false",
      unset: null,
    });
  });

  it("does not let a field named entity_id stand in for the entity ID", () => {
    expect(templateValues("contoso", [{ key: "entity_id", type: "string", value: "evil" }])).toEqual({
      entity_id: "contoso",
    });
  });
});

describe("holdReason", () => {
  it("holds a consent for another tenant than the mapping's", () => {
    expect(holdReason({ account: ada, previous: null, mappingEntityId: "fabrikam" })).toBe("tenant_mismatch");
    expect(holdReason({ account: ada, previous: null, mappingEntityId: "CONTOSO" })).toBeNull();
  });

  it("knows a tenant by its other names too", () => {
    const named = { ...ada, tenantNames: ["contoso.onmicrosoft.com"] };
    expect(
      holdReason({ account: named, previous: null, mappingEntityId: "Contoso.onmicrosoft.com" }),
    ).toBeNull();
  });

  it("holds a consent by another account than before", () => {
    expect(holdReason({ account: bob, previous: ada, mappingEntityId: null })).toBe("account_changed");
    expect(holdReason({ account: ada, previous: ada, mappingEntityId: null })).toBeNull();
  });

  it("holds the same subject in another tenant", () => {
    const elsewhere = { ...ada, tenant: "fabrikam" };
    expect(holdReason({ account: elsewhere, previous: ada, mappingEntityId: null })).toBe("account_changed");
  });

  it("goes by the subject where an address was only renamed", () => {
    const renamed = { ...ada, label: "ada.l@contoso.example" };
    expect(holdReason({ account: renamed, previous: ada, mappingEntityId: null })).toBeNull();
  });

  it("does not hold what the service does not tell", () => {
    const unknown = { subject: null, label: null, tenant: null };
    expect(holdReason({ account: unknown, previous: ada, mappingEntityId: "contoso" })).toBeNull();
    expect(holdReason({ account: null, previous: ada, mappingEntityId: "contoso" })).toBeNull();
  });
});

describe("expiry", () => {
  const at = new Date("2026-11-20T10:00:00Z");

  it("counts from when the token was asked for", () => {
    expect(expiryAfter(at, 3600)).toEqual(new Date("2026-11-20T11:00:00Z"));
    expect(expiryAfter(at, null)).toBeNull();
  });

  it("takes an unknown expiry for not expired", () => {
    expect(isExpired(null, at)).toBe(false);
    expect(isExpired(at, at)).toBe(true);
    expect(isExpired(new Date(at.getTime() + 1), at)).toBe(false);
  });
});

describe("withheldScopes", () => {
  it("lists what was asked and not granted, but for scopes that no service lists", () => {
    expect(withheldScopes(["offline_access", "Mail.Read", "User.Read"], ["user.read"])).toEqual([
      "Mail.Read",
    ]);
  });
});
