import { describe, expect, it } from "vitest";
import { assertSameOrigin, isSameOrigin } from "./same-origin.ts";

const publicUrl = "https://bifrost.example.com";

describe("a request that changes something", () => {
  it.each([
    [{ origin: publicUrl }, true],
    [{ origin: publicUrl, "sec-fetch-site": "cross-site" }, true],
    [{ origin: "null", "sec-fetch-site": "same-origin" }, true],
    [{ "sec-fetch-site": "same-origin" }, true],
    [{ origin: "https://evil.example" }, false],
    [{ origin: "https://evil.example", "sec-fetch-site": "same-origin" }, false],
    [{ origin: "http://bifrost.example.com" }, false],
    [{ origin: "https://bifrost.example.com:8443" }, false],
    [{ origin: "https://bifrost.example.com.evil.example" }, false],
    [{ origin: "null", "sec-fetch-site": "cross-site" }, false],
    [{ origin: "null" }, false],
    [{ "sec-fetch-site": "same-site" }, false],
    [{ "sec-fetch-site": "none" }, false],
    [{}, false],
  ])("with %j comes from our pages: %s", (headers, expected) => {
    expect(isSameOrigin(new Headers(headers), publicUrl)).toBe(expected);
  });

  it("is refused otherwise, saying what to do", () => {
    const request = new Request(`${publicUrl}/api/x`, {
      method: "POST",
      headers: { origin: "https://evil.example" },
    });
    expect(() => assertSameOrigin(request, publicUrl)).toThrow(/Open the page again/);
  });
});
