"use client";

import { Menu } from "@base-ui/react/menu";
import { Check } from "lucide-react";
import Link from "next/link";
import { Fragment, useEffect, useRef, type RefObject } from "react";
import { classNames } from "@/components/ui/class-names";
import { landmarkOf } from "@/components/ui/landmark-of";
import { Kbd } from "@/components/ui/kbd";
import type { MenuEntry, MenuProps } from "@/components/ui/menu";
import { popupClass } from "@/components/ui/popup-class";

interface MenuPanelProps extends Required<Pick<MenuProps, "side" | "align" | "entries">> {
  labelledBy: string;
  trigger: RefObject<HTMLButtonElement | null>;
  open: boolean;
  /** Opened by keyboard: the item that takes the focus. */
  enter: "first" | "last" | null;
  onOpenChange: (open: boolean) => void;
}

const itemClass =
  "flex min-h-8 items-center gap-2.5 rounded-md px-2 py-1 select-none outline-none data-disabled:opacity-50 " +
  "data-highlighted:bg-hover max-sm:min-h-11 pointer-coarse:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted";

/** The inside of `Menu`, loaded lazily by it alone. */
export default function MenuPanel({
  labelledBy,
  entries,
  trigger,
  open,
  enter,
  onOpenChange,
  side,
  align,
}: MenuPanelProps) {
  const popup = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open || !enter) return;
    // After the menu has taken the focus itself, as it does when it opens.
    const frame = requestAnimationFrame(() => {
      const items = [...(popup.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
      items.at(enter === "first" ? 0 : -1)?.focus();
    });
    return () => cancelAnimationFrame(frame);
  }, [open, enter]);

  return (
    <Menu.Root
      open={open}
      onOpenChange={(next, details) => {
        // The press on the trigger that closes is the trigger's own to handle, or it would open again.
        const target = details.event.target;
        if (
          !next &&
          target instanceof Node &&
          trigger.current?.contains(target) &&
          details.reason === "outside-press"
        )
          return details.cancel();
        onOpenChange(next);
      }}
    >
      <Menu.Portal container={landmarkOf(trigger.current)}>
        <Menu.Positioner
          anchor={trigger}
          side={side}
          align={align}
          sideOffset={4}
          className="z-50 outline-none"
        >
          <Menu.Popup
            ref={popup}
            aria-labelledby={labelledBy}
            finalFocus={trigger}
            className={classNames(popupClass, "min-w-48 p-1")}
          >
            {entries.map((entry, index) => (
              <Fragment key={index}>{renderEntry(entry)}</Fragment>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function renderEntry(entry: MenuEntry) {
  switch (entry.kind) {
    case "separator":
      return <Menu.Separator className="my-1 border-t" />;
    case "text":
      return (
        <div className="px-2 py-1.5">
          <div className="truncate font-medium">{entry.label}</div>
          {entry.detail && <div className="truncate text-sm text-muted">{entry.detail}</div>}
        </div>
      );
    case "link":
      return (
        <Menu.LinkItem
          closeOnClick
          render={<Link href={entry.href} />}
          aria-label={entry.name}
          className={itemClass}
        >
          {entry.icon}
          {entry.label}
          {entry.shortcut && <Shortcut keys={entry.shortcut} />}
        </Menu.LinkItem>
      );
    case "choice":
      return (
        <Menu.RadioGroup value={entry.value} onValueChange={(value: string) => entry.onChoose(value)}>
          <Menu.GroupLabel className="px-2 pt-1.5 pb-0.5 text-xs text-muted">{entry.label}</Menu.GroupLabel>
          {entry.options.map((option) => (
            <Menu.RadioItem key={option.value} value={option.value} className={itemClass}>
              {option.icon}
              {option.label}
              <Menu.RadioItemIndicator className="ml-auto">
                <Check aria-hidden />
              </Menu.RadioItemIndicator>
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      );
    default:
      return (
        <Menu.Item
          disabled={entry.disabled}
          aria-label={entry.name}
          onClick={entry.onSelect}
          className={classNames(itemClass, entry.danger && "text-danger [&_svg]:text-danger")}
        >
          {entry.icon}
          {entry.label}
          {entry.shortcut && <Shortcut keys={entry.shortcut} />}
        </Menu.Item>
      );
  }
}

function Shortcut({ keys }: { keys: string }) {
  return (
    <span aria-hidden className="ml-auto pl-4 max-sm:hidden">
      <Kbd keys={keys} />
    </span>
  );
}
