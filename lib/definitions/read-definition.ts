import { checkTypedValue } from "@/lib/config/rules";
import { AppError, type FieldError } from "@/lib/errors";
import { parseYaml } from "./parse-yaml";
import { type Definition, definitionSchema, FORMAT, FORMAT_VERSION } from "./schema";

const MAX_ERRORS = 20;

/** A definition that was read, and where in its text each part stands. */
export interface ReadDefinition {
  definition: Definition;
  /** The errors of a verb, as errors of the text. */
  refuse: (errors: readonly FieldError[]) => AppError;
}

/**
 * Reads a definition from YAML 1.2. Nothing is looked up or stored; whether names are free and URLs allowed is for the
 * verbs to say.
 * @throws AppError `payload_too_large`, `validation_failed` with line and path of everything at fault
 */
export function readDefinition(text: string): ReadDefinition {
  const { value, lineOf } = parseYaml(text);
  const refuse = (errors: readonly FieldError[]) => refusal(errors.map((error) => located(error, lineOf)));
  const format = formatFlaw(value);
  if (format) throw refuse([{ path: "bifrost", message: format }]);
  const parsed = definitionSchema.safeParse(value, { error: wordsFor });
  if (!parsed.success) throw refuse(parsed.error.issues.flatMap(flawsOf));
  const flaws = fieldFlaws(parsed.data);
  if (flaws.length > 0) throw refuse(flaws);
  return { definition: parsed.data, refuse };
}

function refusal(errors: FieldError[]): AppError {
  const shown = errors.slice(0, MAX_ERRORS);
  const message = shown[0]?.message ?? "This is not a definition.";
  return new AppError("validation_failed", message, { errors: shown });
}

function located(
  { path, message }: FieldError,
  lineOf: (path: readonly string[]) => number | null,
): FieldError {
  const line = lineOf(path === "" ? [] : path.split("."));
  const place = [line === null ? "" : `Line ${line}`, path].filter((part) => part !== "").join(", ");
  return { path, message: place === "" ? message : `${place}: ${message}` };
}

function formatFlaw(value: unknown): string | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return `This is not a definition. It begins with the line “bifrost: ${FORMAT}”.`;
  }
  const format: unknown = Object.hasOwn(value, "bifrost")
    ? (value as { bifrost: unknown }).bifrost
    : undefined;
  if (format === FORMAT) return null;
  const number = typeof format === "string" ? /^integration\/v(\d{1,9})$/.exec(format)?.[1] : undefined;
  return number !== undefined && Number(number) > FORMAT_VERSION
    ? `This definition is of a newer format (integration/v${number}) than this server reads (${FORMAT}). Update Bifrost first.`
    : `Write “bifrost: ${FORMAT}” here, so that it can be told what this is.`;
}

interface Issue {
  code: string;
  path: PropertyKey[];
  message: string;
  keys?: string[];
}

function flawsOf(issue: Issue): FieldError[] {
  const path = issue.path.map(String);
  if (issue.code !== "unrecognized_keys") return [{ path: path.join("."), message: issue.message }];
  return (issue.keys ?? []).map((key) => ({ path: [...path, key].join("."), message: unknownWords(key) }));
}

function unknownWords(key: string): string {
  return /secret|private_?key|token$|password/i.test(key)
    ? "No secret belongs in a definition. Take it out, and enter it by hand after the import."
    : `There is no setting “${key}” here. Correct the name, or take it out.`;
}

interface RawIssue {
  code?: string;
  expected?: unknown;
  values?: readonly unknown[];
  input?: unknown;
}

function wordsFor({ code, expected, values, input }: RawIssue): string | undefined {
  if (code === "invalid_value") return `Write one of: ${(values ?? []).map(quoted).join(", ")}.`;
  if (code !== "invalid_type") return undefined;
  if (input === undefined || input === null) return "This is missing. Give it a value.";
  switch (expected) {
    case "string":
      return "Write a text; put quotes around a number.";
    case "boolean":
      return "Write true or false.";
    case "array":
      return "Write a list: one item a line, each after a hyphen.";
    case "object":
      return "Write settings here, one a line, indented.";
    default:
      return "Write a whole number.";
  }
}

function quoted(value: unknown): string {
  return typeof value === "string" && /^\w+$/.test(value) ? value : JSON.stringify(value);
}

function fieldFlaws({ config_schema: fields }: Definition): FieldError[] {
  const seen = new Set<string>();
  return fields.flatMap(({ key, type, default: value }, index) => {
    const errors: FieldError[] = [];
    const at = `config_schema.${index}`;
    if (seen.has(key)) errors.push({ path: `${at}.key`, message: `There is another field called ${key}.` });
    seen.add(key);
    if (value === null) return errors;
    if (type === "secret") errors.push({ path: `${at}.default`, message: unknownWords("secret") });
    else {
      const judged = checkTypedValue(type, value);
      if (!judged.ok) errors.push({ path: `${at}.default`, message: judged.message });
    }
    return errors;
  });
}
