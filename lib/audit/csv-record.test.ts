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

  it.each(["HaloPSA", "2026-11-20", "ada@example.com", "a=b", "1-2"])("leaves %j as it is", (value) => {
    expect(csvRecord([value])).toBe(`${value}\r\n`);
  });
});
