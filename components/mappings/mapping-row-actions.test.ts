import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { describeTrouble, type Trouble } from "@/lib/health/rules";
import type { MappingRow } from "@/lib/mappings/schema";
import { MappingRowActions } from "./mapping-row-actions";

const technician = { mayConnect: true, mayEdit: false };
const stored = { code: "invalid_scope", message: null, since: null, nextTryAt: null };

function drawn(trouble: Trouble | null, isActive = true): string {
  const row = {
    organization: { id: "1", name: "Contoso", isActive },
    mapping: {},
    connection: { source: "organization", status: "degraded", trouble, waitsForClient: false },
    can: { write: isActive, steer: true, connect: isActive },
  } as unknown as MappingRow;
  const nothing = () => undefined;
  const actions = createElement(MappingRowActions, {
    integrationId: "1",
    row,
    acts: { connect: () => new Promise<never>(nothing), refresh: () => new Promise<never>(nothing) },
    onRefresh: nothing,
    onFailure: nothing,
    onAdd: nothing,
    onAsk: nothing,
  });
  return renderToStaticMarkup(createElement(QueryClientProvider, { client: new QueryClient() }, actions));
}

it("offers no Reconnect beside a trouble that somebody else mends", () => {
  expect(drawn(null)).toContain('aria-label="Reconnect Contoso"');
  expect(drawn(describeTrouble(stored, "degraded", technician))).not.toContain(
    'aria-label="Reconnect Contoso"',
  );
});

it("leads to no page of a deactivated organization, which has none", () => {
  expect(drawn(null)).toContain('aria-label="Edit Contoso"');
  expect(drawn(null, false)).not.toMatch(/<a |<button/);
});
