"use client";

import { useEffect, useMemo, useRef } from "react";
import { useCommands, type CommandItem } from "@/components/frame/command-store";
import type { MenuEntry } from "@/components/ui/menu";
import type { IntegrationView } from "@/lib/integrations/schema";

interface Acts {
  connect: { verb: string; run: () => void } | null;
  test: (() => void) | null;
}

/** Offers what the page's buttons and menu do in the command menu too. */
export function useDetailCommands(view: IntegrationView, entries: readonly MenuEntry[], acts: Acts): void {
  const all: Record<string, () => void> = {};
  if (acts.connect) all[acts.connect.verb] = acts.connect.run;
  if (acts.test) all["Test connection"] = acts.test;
  for (const entry of entries) if ("onSelect" in entry) all[entry.label] = entry.onSelect;

  // The menu keeps the items as long as their names stay the same, and always runs the newest of each.
  const newest = useRef(all);
  useEffect(() => {
    newest.current = all;
  });
  const names = Object.keys(all).join("\n");
  const items = useMemo(
    () =>
      names.split("\n").flatMap((name): CommandItem[] =>
        name === ""
          ? []
          : [
              {
                id: `detail-${name}`,
                label: `${name}: ${view.name}`,
                group: "Actions",
                run: () => newest.current[name]?.(),
              },
            ],
      ),
    [names, view.name],
  );
  useCommands(items);
}
