/** Where a text stops being JSON (`grammar`), has a number too large to be kept (`number`) or gives a key twice (`key`). */
export interface JsonError {
  kind: "grammar" | "number" | "key";
  /** Counted from 1. */
  line: number;
  column: number;
}

const SPACE = /[ \t\n\r]*/y;
// oxlint-disable-next-line no-control-regex
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Whether a parsed number is the one that was written, and not what JavaScript made of one too large for it. */
export function isExactNumber(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

/**
 * The first place where a text breaks the grammar of JSON (RFC 8259), has a number too large to be kept or gives a key
 * twice; or null. `JSON.parse` says the first in each engine's own words, and the others not at all.
 */
export function findJsonError(text: string): JsonError | null {
  const flaw = firstFlaw(text);
  if (flaw === null) return null;
  const [kind, offset] = flaw;
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { kind, line: before.split("\n").length, column: offset - lineStart + 1 };
}

/** Walks the text with a stack of what is open, so that no depth can overflow. */
function firstFlaw(text: string): [JsonError["kind"], offset: number] | null {
  const open: { end: "}" | "]"; keys: Set<string> }[] = [];
  let at = 0;
  let expects: "value" | "value or end" | "key" | "key or end" | "comma" = "value";
  const eat = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? "";
    at += found.length;
    return found !== "";
  };
  const eatString = (): boolean => {
    const start = at;
    if (!eat(STRING) || text[at] !== '"' || at === start) return false;
    at += 1;
    return true;
  };
  for (;;) {
    eat(SPACE);
    const sign = text[at];
    const start = at;
    if (expects === "comma" && open.length === 0) return sign === undefined ? null : ["grammar", at];
    if (sign === undefined) return ["grammar", at];
    if (sign === open.at(-1)?.end && (expects === "comma" || expects.endsWith("or end"))) {
      open.pop();
      at += 1;
      expects = "comma";
    } else if (expects === "comma") {
      if (sign !== ",") return ["grammar", at];
      at += 1;
      expects = open.at(-1)?.end === "}" ? "key" : "value";
    } else if (expects.startsWith("key")) {
      if (!eatString()) return ["grammar", at];
      const key = JSON.parse(text.slice(start, at)) as string;
      const keys = open.at(-1)?.keys;
      if (keys?.has(key)) return ["key", start];
      keys?.add(key);
      eat(SPACE);
      if (text[at] !== ":") return ["grammar", at];
      at += 1;
      expects = "value";
    } else if (sign === "{" || sign === "[") {
      open.push({ end: sign === "{" ? "}" : "]", keys: new Set() });
      at += 1;
      expects = sign === "{" ? "key or end" : "value or end";
    } else {
      if (!(sign === '"' ? eatString() : eat(SCALAR))) return ["grammar", at];
      if (/[-\d]/.test(sign) && !isExactNumber(Number(text.slice(start, at)))) return ["number", start];
      expects = "comma";
    }
  }
}
