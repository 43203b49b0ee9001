/** What a spreadsheet would run as a formula: these signs, their full-width twins, or either after blanks. */
const FORMULA = /^[\s\0]*[=+\-@＝＋－＠]|^[\t\r\n]/;

/**
 * One record of a CSV file (RFC 4180), ended by CR LF. A cell that a spreadsheet would run as a formula gets an apostrophe
 * in front, which spreadsheets take for "this is text".
 */
export function csvRecord(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(value: string): string {
  const text = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
