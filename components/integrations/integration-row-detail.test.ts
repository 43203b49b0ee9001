import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { describeTrouble } from "@/lib/health/rules";
import type { IntegrationListRow } from "@/lib/integrations/schema";
import { IntegrationRowDetail } from "./integration-row-detail";

const technician = { mayConnect: true, mayEdit: false };
const troubleOf = (code: string) =>
  describeTrouble({ code, message: null, since: null, nextTryAt: null }, "degraded", technician);
const refused = () =>
  Promise.resolve({
    ok: false as const,
    code: "internal_error" as const,
    message: "Not here.",
    fieldErrors: {},
  });

function drawn(row: Partial<IntegrationListRow>): string {
  const whole = {
    id: "1",
    name: "HaloPSA",
    description: "",
    canConnect: true,
    error: null,
    trouble: null,
    ...row,
  };
  const detail = createElement(IntegrationRowDetail, {
    row: whole as IntegrationListRow,
    actions: { connect: refused, refresh: refused },
  });
  return renderToStaticMarkup(createElement(QueryClientProvider, { client: new QueryClient() }, detail));
}

/** The names of the row's buttons that connect. */
function connects(row: Partial<IntegrationListRow>): string[] {
  const names = drawn(row).matchAll(/aria-label="((?:Connect|Reconnect) [^"]+)"/g);
  return [...names].map(([, name = ""]) => name);
}

describe("a row of the integrations", () => {
  it("says what is wrong and who can mend it where this reader has no button", () => {
    const trouble = troubleOf("oauth_client_invalid");
    const html = drawn({ status: "degraded", canConnect: false, trouble });
    expect(html).toContain(trouble.what);
    expect(html).toContain(trouble.advice);
  });

  it("offers no Reconnect for a trouble that somebody else mends", () => {
    expect(connects({ status: "degraded", trouble: troubleOf("oauth_client_invalid") })).toEqual([]);
    expect(connects({ status: "reconnect_required", trouble: troubleOf("invalid_scope") })).toEqual([]);
  });

  it("offers Connect where there never was a connection, and Reconnect where nothing says what is wrong", () => {
    const trouble = troubleOf("oauth_client_invalid");
    expect(connects({ status: "not_connected", trouble })).toEqual(["Connect HaloPSA"]);
    expect(connects({ status: "reconnect_required" })).toEqual(["Reconnect HaloPSA"]);
    expect(connects({ status: "reconnect_required", canConnect: false })).toEqual([]);
  });
});
