"use client";

import { Dialog } from "@base-ui/react/dialog";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { useRouter } from "next/navigation";
import { useDeferredValue, useState } from "react";
import type { CommandMenuProps } from "@/components/frame/command-menu";
import type { CommandItem } from "@/components/frame/command-store";
import { leaveThen } from "@/components/patterns/leave-guard";
import { dialogBackdropClass } from "@/components/ui/dialog-class";
import { Kbd } from "@/components/ui/kbd";

interface CommandPanelProps extends CommandMenuProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** The inside of `CommandMenu`, loaded lazily by it alone. */
export default function CommandPanel({ open, onOpenChange, items, searchUrl }: CommandPanelProps) {
  const router = useRouter();
  const [text, setText] = useState("");
  const found = useFound(searchUrl, useDeferredValue(text.trim()), open);
  const known = new Set(items.map((item) => item.id));
  const groups = Map.groupBy(
    [...items, ...found.filter((item) => !known.has(item.id))],
    (item) => item.group,
  );

  function choose(item: CommandItem) {
    onOpenChange(false);
    setText("");
    // After the dialog has given the focus back, so that what opens next can take it.
    setTimeout(() => {
      const { run, href } = item;
      if (run) run();
      else if (href) leaveThen(() => router.push(href));
    });
  }

  return (
    <Dialog.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Dialog.Portal>
        <Dialog.Backdrop className={dialogBackdropClass} />
        <Dialog.Popup className="fixed top-[12vh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-xl border bg-surface shadow-popup transition-opacity outline-none data-ending-style:opacity-0 data-starting-style:opacity-0">
          <Dialog.Title className="sr-only">Command menu</Dialog.Title>
          <Command label="Command menu" loop>
            <Command.Input
              value={text}
              onValueChange={setText}
              placeholder="Go to a screen, an integration, or do something…"
              className="h-12 w-full border-b bg-transparent px-4 outline-none max-sm:text-lg"
            />
            <Command.List
              label="Commands"
              className="max-h-[min(24rem,60vh)] scroll-py-2 overflow-y-auto overscroll-contain p-2"
            >
              <Command.Empty className="px-2 py-8 text-center text-muted">Nothing found</Command.Empty>
              {[...groups].map(([group, members]) => (
                <Command.Group
                  key={group}
                  heading={group}
                  className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted"
                >
                  {members.map((item) => (
                    <Command.Item
                      key={item.id}
                      value={item.id}
                      keywords={[item.label, item.detail ?? "", ...(item.keywords ?? [])]}
                      onSelect={() => choose(item)}
                      className="flex min-h-9 cursor-pointer items-center gap-3 rounded-md px-2 data-[selected=true]:bg-hover max-sm:min-h-11"
                    >
                      <span className="truncate">{item.label}</span>
                      {item.detail && <span className="truncate text-sm text-muted">{item.detail}</span>}
                      {item.shortcut && (
                        <span className="ml-auto max-sm:hidden">
                          <Kbd keys={item.shortcut} />
                        </span>
                      )}
                    </Command.Item>
                  ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function useFound(searchUrl: string | undefined, text: string, open: boolean): CommandItem[] {
  const query = useQuery({
    queryKey: ["command-menu", searchUrl, text],
    enabled: Boolean(searchUrl) && open,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const response = await fetch(`${searchUrl}?q=${encodeURIComponent(text)}`, { signal });
      if (!response.ok) throw new Error(`The command menu's search answered ${response.status}`);
      return ((await response.json()) as { items: CommandItem[] }).items;
    },
  });
  return query.data ?? [];
}
