import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { notesOf, MappingRowNotes } from "@/components/mappings/mapping-row-notes";
import type { Trouble } from "@/lib/health/rules";
import type { MappingRow } from "@/lib/mappings/schema";
import { TroubleLine, TroubleWords } from "./trouble-words";

const ADVICE = "A platform admin can mend it, in the OAuth settings.";
const trouble: Trouble = {
  code: "oauth_client_invalid",
  what: "The service does not accept the OAuth client.",
  quote: "invalid_client: expired",
  note: null,
  since: null,
  nextTryAt: null,
  isRefreshing: false,
  advice: ADVICE,
  act: null,
};

describe("the words of a trouble", () => {
  it("end with what to do, or who can", () => {
    expect(renderToStaticMarkup(createElement(TroubleWords, { trouble }))).toContain(ADVICE);
    const organization = { id: "1", name: "Contoso", isActive: true };
    const row = {
      organization,
      connection: { trouble },
      mapping: null,
      missing: [],
    } as unknown as MappingRow;
    const notes = createElement(MappingRowNotes, { notes: notesOf(row, null), isLive: false });
    expect(renderToStaticMarkup(notes)).toContain(ADVICE);
  });

  it("say that it is tried right now, rather than when it is tried after that", () => {
    const nextTryAt = new Date(Date.now() + 90_000).toISOString();
    const words = (isRefreshing: boolean) =>
      renderToStaticMarkup(createElement(TroubleWords, { trouble: { ...trouble, nextTryAt, isRefreshing } }));
    expect(words(true)).toContain("It is being refreshed now.");
    expect(words(true)).not.toContain("Next try");
    expect(words(false)).toContain("Next try");
  });

  it("say it on a line of a list where no button does, and not in the part that is cut off", () => {
    const html = renderToStaticMarkup(createElement(TroubleLine, { trouble }));
    expect(html).toMatch(new RegExp(`<span class="(?![^"]*truncate)[^"]*">${ADVICE}</span></span>$`));
    const withButton = { ...trouble, act: "edit_secret" } as const;
    expect(renderToStaticMarkup(createElement(TroubleLine, { trouble: withButton }))).not.toContain(ADVICE);
  });

  it("are of no use for a deactivated organization, whose row says where it is reactivated", () => {
    const organization = { id: "1", name: "Contoso & Sons", isActive: false };
    const row = {
      organization,
      connection: { trouble },
      mapping: {},
      missing: ["a"],
    } as unknown as MappingRow;
    const notes = createElement(MappingRowNotes, { notes: notesOf(row, null), isLive: false });
    const html = renderToStaticMarkup(notes);
    expect(html).not.toContain(ADVICE);
    expect(html).toContain("/settings/organizations?q=Contoso+%26+Sons");
  });
});
