"use client";

import { Popover } from "@base-ui/react/popover";
import type { ReactNode, RefObject } from "react";
import { classNames } from "@/components/ui/class-names";
import { landmarkOf } from "@/components/ui/landmark-of";
import type { PopoverProps } from "@/components/ui/popover";
import { popupClass } from "@/components/ui/popup-class";

interface PopoverPanelProps extends Required<Pick<PopoverProps, "side" | "align">> {
  title: string;
  anchor: RefObject<HTMLButtonElement | null>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  children: ReactNode;
}

/** The inside of `Popover`, loaded lazily by it alone. */
export default function PopoverPanel({
  title,
  anchor,
  open,
  onOpenChange,
  side,
  align,
  children,
}: PopoverPanelProps) {
  return (
    <Popover.Root
      open={open}
      onOpenChange={(next, details) => {
        const target = details.event.target;
        if (
          !next &&
          target instanceof Node &&
          anchor.current?.contains(target) &&
          details.reason === "outside-press"
        )
          return details.cancel();
        onOpenChange(next);
      }}
    >
      <Popover.Portal container={landmarkOf(anchor.current)}>
        <Popover.Positioner anchor={anchor} side={side} align={align} sideOffset={4} className="z-50">
          <Popover.Popup finalFocus={anchor} className={classNames(popupClass, "w-80 p-4")}>
            <Popover.Title className="font-medium">{title}</Popover.Title>
            <div className="mt-1 text-sm text-muted">{children}</div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
