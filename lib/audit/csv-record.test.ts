import { describe, expect, it } from "vitest";
import { csvRecord } from "./csv-record";

describe("a CSV record", () => {
  it("quotes as RFC 4180 says and ends with CR LF", () => {
    expect(csvRecord(["a", "b,c", 'say "hi"', "two\nlines", ""])).toBe(
      'a,"b,c","say ""hi""","two\nlines",\r\n',
    );
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "＝1", "＋1", "－1", "＠x"])(
    "disarms %j",
    (value) => {
      expect(csvRecord([value]).replace(/^"/, "").startsWith(`'${value[0]}`)).toBe(true);
    },
  );

  it.each([
    ["x;=1+1;y", "x;'=1+1;y"],
    ["x; =1;\u00a0+1;-1;@A1;＝1", "x;' =1;'\u00a0+1;'-1;'@A1;'＝1"],
    ["x\t=1\t+1", "x\t'=1\t'+1"],
    ["x\n=1\r\n+1", "x\n'=1\r\n'+1"],
    ["\t=1", "'\t'=1"],
    ["x;\t=1", "x;\t'=1"],
    ["=1;=2", "'=1;'=2"],
    ['x;"=1+1;y', `x;'"=1+1;y`],
    ['{"name":"x;=1"}', `{"name":"x;'=1"}`],
    ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0)", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0)"],
  ])("disarms every part that another separator would make of %j", (value, text) => {
    expect(csvRecord([value])).toBe(`"${text.replaceAll('"', '""')}"\r\n`);
  });

  it.each([";", "\t"])(
    "holds no formula for a spreadsheet that splits at %j, quotes or none",
    (separator) => {
      const payloads = ["=1+1", " =1+1", '"=1+1', '""=1+1', "+1", "@A1", "＝1"];
      const cells = payloads.flatMap((payload) => [payload, `x${separator}${payload}${separator}y`]);
      const parts = csvRecord(["id", ...cells])
        .split(/[\r\n]/)
        .flatMap((line) => line.split(separator));
      expect(parts.length).toBeGreaterThan(payloads.length);
      // What follows a quoted text that ends at once is the cell's value too.
      expect(parts.filter((part) => /^[\s"]*[=+\-@＝]/.test(part))).toEqual([]);
    },
  );

  it("takes no longer for many blanks and separators than for as many letters", () => {
    const startedAt = performance.now();
    csvRecord(["\t".repeat(200_000), "; ".repeat(100_000), `;${" ".repeat(200_000)}`]);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it.each(["HaloPSA", "2026-11-20", "ada@example.com", "a=b", "1-2"])("leaves %j as it is", (value) => {
    expect(csvRecord([value])).toBe(`${value}\r\n`);
  });
});
