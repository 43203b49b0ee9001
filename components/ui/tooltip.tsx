"use client";

import { lazy, Suspense, useEffect, useId, useRef, useState, type ReactNode } from "react";

const TooltipPanel = lazy(() => import("@/components/ui/tooltip-panel"));

export interface TooltipProps {
  /** A few words; never the only place where something is said. */
  text: string;
  side?: "top" | "bottom" | "left" | "right";
  className?: string;
  /** Something that can be hovered, and focused by keyboard. */
  children: ReactNode;
}

/** Words that appear beside a thing on hover (after 400 ms) or keyboard focus; Esc hides them. */
export function Tooltip({ text, side = "top", className, children }: TooltipProps) {
  const [open, setOpen] = useState(false);
  const anchor = useRef<HTMLSpanElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const id = useId();
  useEffect(() => () => clearTimeout(timer.current), []);

  function change(next: boolean, delayMs: number) {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setOpen(next), delayMs);
  }
  return (
    <span
      ref={anchor}
      className={className ?? "inline-flex"}
      onPointerEnter={(event) => event.pointerType === "mouse" && change(true, 400)}
      onPointerLeave={() => change(false, 100)}
      onFocus={(event) => event.target.matches(":focus-visible") && change(true, 0)}
      onBlur={() => change(false, 0)}
      onKeyDown={(event) => event.key === "Escape" && open && change(false, 0)}
    >
      {children}
      {open && (
        <Suspense>
          <TooltipPanel
            id={id}
            text={text}
            side={side}
            anchor={anchor}
            onHover={(over) => change(over, 100)}
          />
        </Suspense>
      )}
    </span>
  );
}
