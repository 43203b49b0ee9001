import { expect, it } from "vitest";
import type { ConnectionView, IntegrationView } from "@/lib/integrations/schema";
import { whoseDefault } from "./policy-words";

it("names the tenant that the default connection's token is of, not the one that was asked for", () => {
  const words = (connection: Partial<ConnectionView>) =>
    whoseDefault({
      connection: { status: "active", account: null, entityId: null, ...connection },
      defaultEntityId: "fallback",
    } as IntegrationView);
  const account = { subject: null, label: "ada@contoso.example", tenant: "contoso-guid" };
  expect(words({ account, entityId: "common" })).toContain("for entity contoso-guid.");
  expect(words({ account: { ...account, tenant: null }, entityId: "common" })).toContain(
    "for entity common.",
  );
  expect(words({})).toContain("for entity fallback.");
});
