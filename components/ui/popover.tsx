"use client";

import { lazy, Suspense, useRef, useState, type ReactNode } from "react";
import { useOpenedOnce } from "@/components/ui/use-opened-once";

const loadPanel = () => import("@/components/ui/popover-panel");
const PopoverPanel = lazy(loadPanel);

export interface PopoverProps {
  /** The popover's title, drawn at its top; also the trigger's name when that shows an icon alone. */
  title: string;
  trigger: ReactNode;
  /** The trigger's look; use `buttonClass` or `iconButtonClass`. */
  triggerClassName: string;
  /** The trigger shows an icon alone. */
  iconOnly?: boolean;
  side?: "bottom" | "top";
  align?: "start" | "end";
  children: ReactNode;
}

/** A small panel that a button opens beside itself: more about a thing, without leaving the page. */
export function Popover(props: PopoverProps) {
  const { title, trigger, triggerClassName, iconOnly, side = "bottom", align = "start", children } = props;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const opened = useOpenedOnce(open);
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-label={iconOnly ? title : undefined}
        aria-haspopup="dialog"
        aria-expanded={open}
        className={triggerClassName}
        onPointerEnter={() => void loadPanel()}
        onFocus={() => void loadPanel()}
        onClick={() => setOpen(!open)}
      >
        {trigger}
      </button>
      {opened && (
        <Suspense>
          <PopoverPanel
            title={title}
            anchor={button}
            open={open}
            onOpenChange={setOpen}
            side={side}
            align={align}
          >
            {children}
          </PopoverPanel>
        </Suspense>
      )}
    </>
  );
}
