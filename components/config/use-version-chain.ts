"use client";

import { useState } from "react";

/** The saves of this screen's own forms: what one of them saved is no conflict for the other. */
export interface VersionChain {
  advance: (from: number, to: number) => void;
  /** The version that a form filled from this one may save over. */
  newest: (version: number) => number;
}

export function useVersionChain(): VersionChain {
  const [steps, setSteps] = useState<ReadonlyMap<number, number>>(new Map());
  return {
    advance: (from, to) => setSteps((before) => new Map(before).set(from, to)),
    newest: (version) => {
      let newest = version;
      for (let next = steps.get(newest); next !== undefined; next = steps.get(newest)) newest = next;
      return newest;
    },
  };
}
