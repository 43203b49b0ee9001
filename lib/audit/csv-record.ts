/** What a spreadsheet would run as a formula: these signs, their full-width twins, or either after blanks and quotes. */
const SIGN = "[=+\\-@＝＋－＠]";
const FORMULA = new RegExp(`^[\\s\\0"]*${SIGN}|^[\\t\\r\\n]`);
/**
 * The end of a part whose successor is a formula. Where `;` or the tab separates a spreadsheet's lists, it splits a record there,
 * inside quotes too: those count only at the start of what it takes for a cell.
 */
const BEFORE_FORMULA = new RegExp(`[;\\t\\r\\n](?=(?:[^\\S\\t\\r\\n]|[\\0"])*${SIGN})`, "g");

/**
 * One record of a CSV file (RFC 4180), ended by CR LF. What a spreadsheet would run as a formula, at the start of a cell or
 * where another separator than the comma would make it one, gets an apostrophe in front: "this is text".
 */
export function csvRecord(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(value: string): string {
  const parts = value.replaceAll(BEFORE_FORMULA, "$&'");
  const text = FORMULA.test(value) ? `'${parts}` : parts;
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
