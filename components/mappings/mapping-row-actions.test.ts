import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { describeTrouble, type Trouble } from "@/lib/health/rules";
import type { MappingRow } from "@/lib/mappings/schema";
import { MappingRowActions } from "./mapping-row-actions";

const technician = { mayConnect: true, mayEdit: false };
const stored = { code: "invalid_scope", message: null, since: null, nextTryAt: null };

function drawn(trouble: Trouble | null): string {
  const row = {
    organization: { id: "1", name: "Contoso", isActive: true },
    mapping: {},
    connection: { source: "organization", status: "degraded", trouble, waitsForClient: false },
    can: { write: true, steer: true, connect: true },
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
