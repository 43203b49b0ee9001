import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ApiReference } from "@/components/api-reference/api-reference";
import { type ApiDocument, readApiDocument } from "@/lib/api-document";
import { type ApiServer, startApiServer } from "@/test/api-server";
import { openTestDatabase } from "@/test/database";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let server: ApiServer;
let document: ApiDocument;

beforeAll(async () => {
  db = await openTestDatabase();
  server = await startApiServer(db);
  document = (await (await fetch(`${server.url}/api/v1/openapi.json`)).json()) as ApiDocument;
});
afterAll(async () => {
  await server.close();
  await db.close();
});

describe("the API reference", () => {
  it("is made of the document that the API serves", () => {
    expect(JSON.parse(JSON.stringify(readApiDocument()))).toEqual(document);
  });

  it("shows every call with its parameters, body and answers, and every schema that it links to", () => {
    const html = renderToStaticMarkup(createElement(ApiReference, { document }));
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );
    expect(operations.length).toBeGreaterThanOrEqual(8);
    for (const { path, method, operation } of operations) {
      expect(html).toContain(`id="${operation.operationId}"`);
      expect(html).toContain(`${method.toUpperCase()} ${path}`);
      for (const { name } of operation.parameters ?? []) expect(html).toContain(`>${name}<span`);
    }
    for (const member of ["entity_id", "config_sources", "oauth_token_id", "next_cursor"])
      expect(html).toContain(member);
    const targets = new Set([...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]));
    for (const [, link] of html.matchAll(/href="#([^"]+)"/g)) expect(targets).toContain(link);
  });

  it("runs no script and sets no style of its own, as the policy demands", () => {
    const html = renderToStaticMarkup(createElement(ApiReference, { document }));
    expect(html).not.toMatch(/<script|<style| style=| on\w+=/);
  });

  it("tells of every call what it needs", () => {
    for (const methods of Object.values(document.paths)) {
      for (const operation of Object.values(methods)) {
        expect(operation.summary.length).toBeGreaterThan(10);
        expect(Object.keys(operation.responses)).toEqual(
          expect.arrayContaining(["200", "401", "403", "422", "429"]),
        );
      }
    }
  });
});
