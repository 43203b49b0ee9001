"use client";

import { useState } from "react";
import { LetterIcon } from "@/components/integrations/letter-icon";
import { Button } from "@/components/ui/button";
import type { Preset } from "@/lib/presets/schema";

export interface PresetPickerProps {
  presets: readonly Preset[];
  chosen: Preset | null;
  onChoose: (preset: Preset) => void;
}

/** Services that are known here; choosing one fills the form. Folds to a line once one is chosen. */
export function PresetPicker({ presets, chosen, onChoose }: PresetPickerProps) {
  const [open, setOpen] = useState(chosen === null);
  const [search, setSearch] = useState("");
  const words = search.trim().toLowerCase();
  const found = presets.filter((preset) =>
    `${preset.title} ${preset.name} ${preset.category}`.toLowerCase().includes(words),
  );
  if (!open && chosen) {
    return (
      <section
        aria-label="Preset"
        className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-lg border bg-surface px-4 py-2"
      >
        <LetterIcon letters={chosen.letters} />
        <p className="min-w-0 flex-1 basis-48">
          <span className="font-medium">{chosen.title}</span>{" "}
          <span className="text-sm text-muted">{blanksInWords(chosen)}</span>
        </p>
        <Button size="sm" onClick={() => setOpen(true)}>
          Change preset
        </Button>
      </section>
    );
  }
  return (
    <section aria-label="Preset" className="rounded-lg border bg-surface px-4 py-3">
      <div className="mb-2 flex flex-wrap items-center justify-between gap-x-3 gap-y-1.5">
        <h2 className="font-medium">Which service?</h2>
        <input
          type="search"
          aria-label="Search presets"
          placeholder="Search presets…"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            // Enter in a search box must not save the form around it.
            event.preventDefault();
            if (found[0] && words) choose(found[0]);
          }}
          className="control sm:max-w-60"
        />
      </div>
      <ul className="flex flex-wrap gap-1.5">
        {found.map((preset) => (
          <li key={preset.id} className="max-sm:w-[calc(50%-0.1875rem)]">
            <button
              type="button"
              aria-pressed={preset.id === chosen?.id}
              onClick={() => choose(preset)}
              className="flex h-8 w-full items-center gap-2 rounded-md border pr-3 pl-1 text-left transition-colors hover:bg-hover aria-pressed:border-primary max-sm:h-11"
            >
              <LetterIcon letters={preset.letters} small />
              <span className="min-w-0 truncate">{preset.title}</span>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && (
        <p className="text-muted">
          No preset has that name. Clear the search and choose Custom: any OAuth service works.
        </p>
      )}
    </section>
  );

  function choose(preset: Preset) {
    onChoose(preset);
    setSearch("");
    setOpen(false);
  }
}

function blanksInWords(preset: Preset): string {
  if (preset.name === "") return "Any service that speaks OAuth 2.0.";
  const labels = preset.blanks.map((blank) => blank.label);
  if (labels.length === 0) return "";
  return `Fill in ${new Intl.ListFormat("en", { type: "conjunction" }).format(labels)}; the rest is filled.`;
}
