"use client";

import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { flushSync } from "react-dom";
import { announce } from "@/components/ui/announce";

interface ReorderOptions {
  count: number;
  move: (from: number, to: number) => void;
  nameAt: (index: number) => string;
}

/** Moves rows of a list by dragging their handle, by finger too, or with the arrow keys on it; each move is read out. */
export function useReorder({ count, move, nameAt }: ReorderOptions) {
  const list = useRef<HTMLOListElement>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const newest = useRef({ move, nameAt, dragged, count });
  useEffect(() => {
    newest.current = { move, nameAt, dragged, count };
  });

  const isDragging = dragged !== null;
  useEffect(() => {
    if (!isDragging) return;
    const over = (event: globalThis.PointerEvent) => {
      const from = newest.current.dragged;
      const to = placeAt(list.current, event.clientY);
      if (from === null || to === null || to === from) return;
      newest.current.move(from, to);
      newest.current.dragged = to;
      setDragged(to);
    };
    const drop = () => {
      const { dragged: at, nameAt: nameOf, count: all } = newest.current;
      if (at !== null) announce(placeInWords(nameOf(at), at, all));
      setDragged(null);
    };
    window.addEventListener("pointermove", over);
    window.addEventListener("pointerup", drop);
    window.addEventListener("pointercancel", drop);
    return () => {
      window.removeEventListener("pointermove", over);
      window.removeEventListener("pointerup", drop);
      window.removeEventListener("pointercancel", drop);
    };
  }, [isDragging]);

  function step(from: number, by: -1 | 1) {
    const to = from + by;
    const name = nameAt(from);
    if (to < 0 || to >= count) return announce(`${name} is ${by < 0 ? "first" : "last"} already`);
    // Moving its element takes the focus from it, and the next press of a key that is held must find it again.
    flushSync(() => move(from, to));
    handles(list.current)[to]?.focus();
    announce(placeInWords(name, to, count));
  }

  return {
    list,
    dragged,
    handleProps: (index: number) => ({
      "data-move": true,
      onPointerDown: (event: PointerEvent) => {
        if (event.button !== 0) return;
        // Text is not to be selected on the way.
        event.preventDefault();
        if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
        setDragged(index);
      },
      onKeyDown: (event: KeyboardEvent) => {
        if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
        event.preventDefault();
        step(index, event.key === "ArrowUp" ? -1 : 1);
      },
    }),
  };
}

function placeInWords(name: string, at: number, count: number): string {
  return `${name}: place ${at + 1} of ${count}`;
}

function handles(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>("[data-move]") ?? [])];
}

/** The place in the list that a height of the screen means. */
function placeAt(list: HTMLElement | null, y: number): number | null {
  const rows = [...(list?.children ?? [])].map((row) => row.getBoundingClientRect());
  if (rows.length === 0) return null;
  const at = rows.findIndex(({ bottom }) => y < bottom);
  return at === -1 ? rows.length - 1 : at;
}
