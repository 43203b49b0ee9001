/** What one key press means, given the key pressed just before it; pure, so that it can be tested. */
export type KeyAct =
  | { kind: "go"; href: string }
  | { kind: "search" | "create" | "help" | "menu" | "save" }
  | { kind: "wait" }
  | null;

export interface KeyPress {
  key: string;
  ctrlOrMeta: boolean;
  alt: boolean;
  /** The focus is where letters are typed. */
  typing: boolean;
  /** A dialog or a menu is open. */
  covered: boolean;
  /** The key pressed within the last two seconds, when it was one that waits for another. */
  previous: string | null;
}

/** Decides what a key press does. `targets` maps "g i" to an address; `letters` says whether plain letters act. */
export function actOfKey(press: KeyPress, targets: ReadonlyMap<string, string>, letters: boolean): KeyAct {
  const { key, ctrlOrMeta, alt, typing, covered, previous } = press;
  if (alt) return null;
  if (ctrlOrMeta) {
    if (key.toLowerCase() === "k") return { kind: "menu" };
    return key === "Enter" ? { kind: "save" } : null;
  }
  if (typing || covered || !letters) return null;
  if (previous) {
    const href = targets.get(`${previous} ${key}`);
    if (href) return { kind: "go", href };
  }
  if (key === "/") return { kind: "search" };
  if (key === "c") return { kind: "create" };
  if (key === "?") return { kind: "help" };
  return [...targets.keys()].some((keys) => keys.startsWith(`${key} `)) ? { kind: "wait" } : null;
}
