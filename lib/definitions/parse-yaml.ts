import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  parseDocument,
  type YAMLError,
} from "yaml";
import { isExactNumber } from "@/lib/config/find-json-error";
import { AppError } from "@/lib/errors";

const MAX_BYTES = 1_000_000;
const MAX_ALIASES = 100;
/** Of brackets, and of hyphens and question marks in one line. Real definitions stay far below both. */
const MAX_DEPTH = 64;
const MAX_LEXEMES = 300_000;

export interface ParsedYaml {
  value: unknown;
  /** The line of the deepest part of a path that is there, counted from 1. */
  lineOf: (path: readonly string[]) => number | null;
}

/**
 * Parses one YAML 1.2 document of the core schema, without tags, and within limits that keep any text of 1 MB a matter of
 * a few seconds: the parser alone would take minutes over one made for it.
 * @throws AppError `payload_too_large`, `validation_failed` with the line
 */
export function parseYaml(given: string): ParsedYaml {
  // Browsers send a form's line ends as Windows has them.
  const text = given.replace(/\r\n?/g, "\n");
  if (Buffer.byteLength(text) > MAX_BYTES) {
    throw new AppError(
      "payload_too_large",
      "A definition has at most 1 MB. This is more; choose another file.",
    );
  }
  refuseExcess(text);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: "1.2",
    schema: "core",
    merge: false,
    stringKeys: true,
    // Judged below in one pass: the parser compares every key with every other.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
    lineCounter: lines,
  });
  const [first] = [...document.errors, ...document.warnings];
  const flaw = first
    ? { offset: first.pos[0], words: YAML_WORDS[first.code] ?? "From here on this is not YAML." }
    : findFlaw(document);
  if (flaw) throw refuseText(`Line ${lines.linePos(flaw.offset).line}: ${flaw.words}`);
  return { value: toValue(document), lineOf: (path) => lineOf(document, lines, path) };
}

function refuseText(message: string): AppError {
  return new AppError("validation_failed", message, { errors: [{ path: "text", message }] });
}

/** Looks at the bare lexemes, which never nest, before the parser does, which would. */
function refuseExcess(text: string): void {
  let count = 0;
  let brackets = 0;
  let indicators = 0;
  let isText = false;
  for (const lexeme of new Lexer().lex(text)) {
    count += 1;
    const sign = isText ? "" : lexeme;
    isText = lexeme === "\u001f";
    if (sign === "[" || sign === "{") brackets += 1;
    else if (sign === "]" || sign === "}") brackets -= 1;
    else if (sign === "-" || sign === "?" || sign === ":") indicators += 1;
    else if (lexeme.startsWith("\n") || lexeme.startsWith("\r")) indicators = 0;
    const isExcess = brackets > MAX_DEPTH || (indicators > MAX_DEPTH && brackets <= 0) || count > MAX_LEXEMES;
    if (isExcess) throw refuseText(TOO_DEEP);
  }
}

const TOO_DEEP = "This nests too deeply, has too many parts, or repeats itself through too many aliases.";

const YAML_WORDS: Partial<Record<YAMLError["code"], string>> = {
  BAD_DQ_ESCAPE:
    "There is no such escape in double quotes. Use single quotes, or write \\\\ for a backslash.",
  BAD_INDENT: "The indentation does not fit the lines above.",
  TAB_AS_INDENT: "Indent with spaces; YAML does not allow tabs here.",
  MISSING_CHAR: "A bracket, quote or colon is missing here.",
  MULTIPLE_DOCS: "A second document begins here. Import one definition at a time.",
  NON_STRING_KEY: "Only a plain name may stand before the colon.",
  TAG_RESOLVE_FAILED: "Tags are not allowed in a definition. Take it out.",
};

interface Flaw {
  offset: number;
  words: string;
}

/** What the parser lets pass: a name given twice, tags, aliases of nothing, numbers that it rounds. */
function findFlaw({ contents }: Document): Flaw | null {
  const anchors = new Set<string>();
  const visit = (node: unknown): Flaw | null => {
    if (!isNode(node)) return null;
    const offset = node.range?.[0] ?? 0;
    if (isAlias(node)) {
      return anchors.has(node.source)
        ? null
        : { offset, words: `There is no anchor “${node.source}” above.` };
    }
    if (node.tag !== undefined)
      return { offset, words: "Tags are not allowed in a definition. Take it out." };
    if ("anchor" in node && node.anchor) anchors.add(node.anchor);
    if (isScalar(node) && Number.isFinite(node.value) && !isExactNumber(Number(node.value)))
      return { offset, words: "This number is too large to be kept exactly. Put it in quotes, as a text." };
    if (isSeq(node)) return firstOf(node.items, visit);
    if (!isMap(node)) return null;
    const seen = new Set<string>();
    return firstOf(node.items, ({ key, value }) => {
      if (!isScalar(key)) return { offset, words: "Only a plain name may stand before the colon." };
      const name = String(key.value);
      if (seen.has(name))
        return { offset: key.range?.[0] ?? offset, words: "This name stands here twice. Take one out." };
      seen.add(name);
      return visit(key) ?? visit(value);
    });
  };
  return visit(contents);
}

function firstOf<T>(items: readonly T[], judge: (item: T) => Flaw | null): Flaw | null {
  for (const item of items) {
    const flaw = judge(item);
    if (flaw) return flaw;
  }
  return null;
}

function toValue(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError) throw refuseText(TOO_DEEP);
    throw error;
  }
}

function lineOf(document: Document, lines: LineCounter, path: readonly string[]): number | null {
  let node: unknown = document.contents;
  let offset: number | null = null;
  for (const segment of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === segment);
      if (!pair || !isScalar(pair.key)) break;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(segment)];
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    } else break;
  }
  return offset === null ? null : lines.linePos(offset).line;
}
