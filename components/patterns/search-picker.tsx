"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useDeferredValue, useId, useRef, useState, type KeyboardEvent } from "react";
import { Input } from "@/components/ui/input";

export interface PickedItem {
  id: string;
  name: string;
}

export interface SearchPickerProps {
  /** A GET that answers `?q=` with `{ items: PickedItem[] }`. */
  searchUrl: string;
  /** What is chosen; the caller keeps it. */
  picked: readonly PickedItem[];
  onChange: (picked: PickedItem[]) => void;
  /** Submits each id under this name. */
  name?: string;
  /** Choosing another replaces the one. */
  single?: boolean;
  /** Offered before what is found, as long as its name holds the words. */
  first?: PickedItem;
  placeholder?: string;
}

/**
 * Chooses among more things than a page can hold: type to search on the server, arrows and Enter to choose, Backspace to
 * take the last one back. Put it into a `Field`.
 */
export function SearchPicker(props: SearchPickerProps) {
  const { searchUrl, picked, onChange, name, single, first, placeholder } = props;
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const { items, isLoading } = useFound(searchUrl, text.trim(), open);
  const isFirstOffered = first && holds(first, text);
  const offers = [...(isFirstOffered ? [first] : []), ...items].filter(
    ({ id }) => !picked.some((item) => item.id === id),
  );
  const current = offers[Math.min(active, offers.length - 1)];

  function choose(item: PickedItem) {
    onChange(single ? [item] : [...picked, item]);
    setText("");
    setActive(0);
    setOpen(!single);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (open && offers.length > 0) setActive((active + step + offers.length) % offers.length);
    } else if (event.key === "Enter" && open) {
      // Not the form's: it would send what is half chosen.
      event.preventDefault();
      if (current) choose(current);
    } else if (event.key === "Escape" && open) {
      event.stopPropagation();
      setOpen(false);
    } else if (event.key === "Backspace" && text === "" && picked.length > 0) onChange(picked.slice(0, -1));
  }

  return (
    <div
      className="relative flex flex-col gap-1.5"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      {picked.length > 0 && (
        <ul className="flex flex-wrap gap-1.5">
          {picked.map((item) => (
            <li
              key={item.id}
              className="inline-flex max-w-full items-center gap-1 rounded-md border bg-sunken py-0.5 pl-2"
            >
              <span className="truncate text-sm">{item.name}</span>
              <button
                type="button"
                aria-label={`Remove ${item.name}`}
                onClick={() => {
                  onChange(picked.filter(({ id }) => id !== item.id));
                  input.current?.focus();
                }}
                className="grid size-6 place-items-center rounded text-muted hover:text-ink max-sm:size-11"
              >
                <X aria-hidden className="size-3.5" />
              </button>
              {name && <input type="hidden" name={name} value={item.id} />}
            </li>
          ))}
        </ul>
      )}
      <Input
        ref={input}
        role="combobox"
        aria-expanded={open}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={open && current ? `${listId}-${current.id}` : undefined}
        autoComplete="off"
        placeholder={placeholder}
        value={text}
        onFocus={() => setOpen(true)}
        onClick={() => setOpen(true)}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
          setOpen(true);
        }}
        onKeyDown={onKeyDown}
      />
      {open && (
        <div
          id={listId}
          role="listbox"
          aria-label="Choices"
          className="absolute top-full z-20 mt-1 max-h-64 w-full overflow-y-auto rounded-lg border bg-surface p-1 shadow-popup"
        >
          {offers.map((item) => (
            <div
              key={item.id}
              id={`${listId}-${item.id}`}
              role="option"
              tabIndex={-1}
              aria-selected={item === current}
              // Before the input loses the focus, which would close the list under the finger.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(item)}
              onKeyDown={onKeyDown}
              className="flex min-h-8 cursor-default items-center rounded px-2 hover:bg-hover aria-selected:bg-hover max-sm:min-h-11"
            >
              <span className="truncate">{item.name}</span>
            </div>
          ))}
          {offers.length === 0 && (
            <div role="option" aria-selected="false" aria-disabled="true" className="px-2 py-1.5 text-muted">
              {isLoading ? "Searching…" : "Nothing found"}
            </div>
          )}
        </div>
      )}
    </div>
  );
}

function holds(item: PickedItem, text: string): boolean {
  return item.name.toLowerCase().includes(text.trim().toLowerCase());
}

function useFound(searchUrl: string, text: string, open: boolean) {
  const searched = useDeferredValue(text);
  const { data, isPlaceholderData, isLoading } = useQuery({
    queryKey: ["search-picker", searchUrl, searched],
    enabled: open,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const separator = searchUrl.includes("?") ? "&" : "?";
      const response = await fetch(`${searchUrl}${separator}q=${encodeURIComponent(searched)}`, { signal });
      if (!response.ok) throw new Error(`The search answered ${response.status}.`);
      return ((await response.json()) as { items: PickedItem[] }).items;
    },
  });
  const items = data ?? [];
  // Until the answer to these very words is there, Enter must not choose what was found for earlier ones.
  const isLate = isPlaceholderData || searched !== text;
  return {
    items: isLate ? items.filter((item) => holds(item, text)) : items,
    isLoading: isLoading || isLate,
  };
}
