"use client";

import { Tooltip } from "@base-ui/react/tooltip";
import type { RefObject } from "react";
import { landmarkOf } from "@/components/ui/landmark-of";

interface TooltipPanelProps {
  id: string;
  text: string;
  side: "top" | "bottom" | "left" | "right";
  anchor: RefObject<HTMLSpanElement | null>;
  onHover: (over: boolean) => void;
}

/** The inside of `Tooltip`, loaded lazily by it alone. */
export default function TooltipPanel({ id, text, side, anchor, onHover }: TooltipPanelProps) {
  return (
    <Tooltip.Root open>
      <Tooltip.Portal container={landmarkOf(anchor.current)}>
        <Tooltip.Positioner anchor={anchor} side={side} sideOffset={6} className="z-50">
          <Tooltip.Popup
            id={id}
            role="tooltip"
            onPointerEnter={() => onHover(true)}
            onPointerLeave={() => onHover(false)}
            className="max-w-72 animate-appear rounded-md bg-primary px-2 py-1 text-sm text-on-primary shadow-popup"
          >
            {text}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
