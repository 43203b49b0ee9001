"use client";

import { lazy, Suspense, useId, useRef, useState, type ReactNode } from "react";
import { useOpenedOnce } from "@/components/ui/use-opened-once";

const loadPanel = () => import("@/components/ui/menu-panel");
const MenuPanel = lazy(loadPanel);

export type MenuEntry =
  | {
      kind?: "item";
      label: string;
      /** In a row of several: the accessible name, the label with whose it is at its end. */
      name?: string;
      icon?: ReactNode;
      shortcut?: string;
      danger?: boolean;
      disabled?: boolean;
      onSelect: () => void;
    }
  | { kind: "link"; label: string; name?: string; icon?: ReactNode; shortcut?: string; href: string }
  | {
      kind: "choice";
      label: string;
      value: string;
      options: ReadonlyArray<{ value: string; label: string; icon?: ReactNode }>;
      onChoose: (value: string) => void;
    }
  | { kind: "text"; label: string; detail?: string }
  | { kind: "separator" };

export interface MenuProps {
  /** The trigger's accessible name: "More actions for Microsoft_Graph". */
  label: string;
  entries: readonly MenuEntry[];
  /** The trigger's look; use `buttonClass` or `iconButtonClass`. */
  triggerClassName: string;
  /** The trigger's content. Where it says `label` itself, pass `labelled`. */
  children: ReactNode;
  labelled?: boolean;
  side?: "bottom" | "top" | "right";
  align?: "start" | "end";
}

/** A button that opens a menu: arrows, Home, End and letters move in it, Esc closes it and gives focus back. */
export function Menu(props: MenuProps) {
  const { label, entries, triggerClassName, children, labelled, side = "bottom", align = "end" } = props;
  const [open, setOpen] = useState(false);
  const [enter, setEnter] = useState<"first" | "last" | null>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const id = useId();
  const opened = useOpenedOnce(open);

  return (
    <>
      <button
        ref={trigger}
        type="button"
        id={id}
        aria-label={labelled ? undefined : label}
        aria-haspopup="menu"
        aria-expanded={open}
        title={labelled ? undefined : label}
        className={triggerClassName}
        // The menu's code is 60 kB: it is fetched when a hand or the focus comes near.
        onPointerEnter={() => void loadPanel()}
        onFocus={() => void loadPanel()}
        onClick={(event) => {
          // A click without a pointer is Enter or Space.
          setEnter(event.detail === 0 ? "first" : null);
          setOpen(!open);
        }}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
          event.preventDefault();
          setEnter(event.key === "ArrowDown" ? "first" : "last");
          setOpen(true);
        }}
      >
        {children}
      </button>
      {opened && (
        <Suspense>
          <MenuPanel
            labelledBy={id}
            entries={entries}
            trigger={trigger}
            open={open}
            enter={enter}
            onOpenChange={setOpen}
            side={side}
            align={align}
          />
        </Suspense>
      )}
    </>
  );
}
