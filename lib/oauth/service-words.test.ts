import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskSecrets, plainWords } from "./service-words";

describe("a service's words", () => {
  it.each([
    ["<p>Not <b>allowed</b></p>", "Not allowed"],
    ["line one\r\n\tline two\u0000", "line one line two"],
    ["  ", null],
    ["\u202eevil\u200b", "evil"],
    [undefined, null],
    [{ a: 1 }, null],
    [
      "AADSTS70008: expired. Trace ID: 5f1ae8c4-1d3c-4f59-9b39-1e6a2c0f8a00 Timestamp: 2026-11-20 08:00:00Z",
      "AADSTS70008: expired. Trace ID: 5f1ae8c4-1d3c-4f59-9b39-1e6a2c0f8a00 Timestamp: 2026-11-20 08:00:00Z",
    ],
    ["token 4f3c2b1a09f8e7d6c5b4a39281706f5e4d3c2b1a is dead", "token ••• is dead"],
    ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "•••"],
  ])("%j become %j", (words, plain) => expect(plainWords(words)).toBe(plain));

  it("end after 500 characters", () => {
    const plain = plainWords("word ".repeat(1_000));
    expect([[...(plain ?? "")].length, plain?.endsWith("…")]).toEqual([500, true]);
  });

  it.each(["a-", "eyJabcdefgh-", "<", "<a", "&", "1-"])(
    "made of %j over and over cost next to nothing",
    (part) => {
      const timed = () => {
        const began = performance.now();
        plainWords(part.repeat(100_000));
        return performance.now() - began;
      };
      expect(Math.min(timed(), timed(), timed())).toBeLessThan(500);
    },
  );

  it("hold no part of a secret that they were cut in, however they are stretched", () => {
    for (const gap of [9_990, 9_995, 19_990]) {
      const plain = plainWords(`${" ".repeat(gap)}secret-canary-1`, ["secret-canary-1"]);
      expect(["•••", "", null]).toContain(plain);
    }
  });

  it.each([
    ["HTML", "sec&quot;ret&amp;&#39;&lt;1"],
    ["a URL in lower case", "sec%22ret%26'%3c1"],
    ["an Authorization header", Buffer.from(`sec"ret&'<1`).toString("base64").replace(/=+$/, "")],
  ])("hold no secret as it stands in %s", (_, spelling) => {
    expect(plainWords(`You sent ${spelling} here`, [`sec"ret&'<1`])).toBe("You sent ••• here");
  });

  it("hold no known secret in any usual spelling, whatever surrounds it", () => {
    const secrets = fc
      .string({ minLength: 8, maxLength: 60 })
      .filter((text) => text.trim().length >= 8 && !/[<>\s•]/.test(text));
    fc.assert(
      fc.property(secrets, fc.string(), fc.string(), (secret, before, after) => {
        const spellings = [
          secret,
          encodeURIComponent(secret),
          Buffer.from(secret).toString("base64"),
          JSON.stringify(secret).slice(1, -1),
        ];
        for (const spelling of spellings) {
          const masked = maskSecrets(`${before}${spelling}${after}`, [secret, null, undefined, ""]);
          if (!before.includes(secret) && !after.includes(secret)) expect(masked).toContain("•••");
          expect(masked).not.toContain(secret);
        }
      }),
    );
  });
});
