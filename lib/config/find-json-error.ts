/** Where a text stops being JSON. */
export interface JsonError {
  /** Counted from 1. */
  line: number;
  column: number;
}

const SPACE = /[ \t\n\r]*/y;
// oxlint-disable-next-line no-control-regex
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * The first place where a text breaks the grammar of JSON (RFC 8259), or null. `JSON.parse` says it in each engine's own
 * words, and in some not at all.
 */
export function findJsonError(text: string): JsonError | null {
  const offset = errorOffset(text);
  if (offset === null) return null;
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: offset - lineStart + 1 };
}

/** Walks the text with a stack of what is open, so that no depth can overflow. */
function errorOffset(text: string): number | null {
  const open: ("}" | "]")[] = [];
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
    if (expects === "comma" && open.length === 0) return sign === undefined ? null : at;
    if (sign === undefined) return at;
    if (sign === open.at(-1) && (expects === "comma" || expects.endsWith("or end"))) {
      open.pop();
      at += 1;
      expects = "comma";
    } else if (expects === "comma") {
      if (sign !== ",") return at;
      at += 1;
      expects = open.at(-1) === "}" ? "key" : "value";
    } else if (expects.startsWith("key")) {
      if (!eatString()) return at;
      eat(SPACE);
      if (text[at] !== ":") return at;
      at += 1;
      expects = "value";
    } else if (sign === "{" || sign === "[") {
      open.push(sign === "{" ? "}" : "]");
      at += 1;
      expects = sign === "{" ? "key or end" : "value or end";
    } else {
      if (!(sign === '"' ? eatString() : eat(SCALAR))) return at;
      expects = "comma";
    }
  }
}
