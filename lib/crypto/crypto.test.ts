import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generateKeyringText, parseKeyring } from "./keyring.ts";
import { hashPassword, spendPasswordTime, verifyPassword } from "./password.ts";
import { seal, sealedKeyId, unseal, UnsealError } from "./seal.ts";

const key = () => randomBytes(32).toString("base64");
const place = { table: "Connection", id: "018f", field: "accessToken" };

describe("keyring", () => {
  it("encrypts with the first key and decrypts with all", () => {
    const [first, second] = [key(), key()];
    const sealed = seal(parseKeyring(`a:${first}`), place, "token");
    const rotated = parseKeyring(`b:${second},a:${first}`);
    expect(unseal(rotated, place, sealed)).toBe("token");
    expect(sealedKeyId(seal(rotated, place, "token"))).toBe("b");
  });

  it.each([
    ["", /no valid id/],
    ["nonsense", /no valid id/],
    ["a:short", /not 32 bytes/],
    [`a:${key()},a:${key()}`, /twice/],
    [`a:${key()},`, /Key 2/],
    [`a b:${key()}`, /no valid id/],
  ])("refuses %j in one line that says what to set", (text, message) => {
    expect(() => parseKeyring(text)).toThrow(message);
  });

  it("never repeats key material in its errors", () => {
    const secret = "c2VjcmV0c2VjcmV0";
    expect(() => parseKeyring(`a:${secret}`)).toThrow(/^(?!.*c2VjcmV0)/);
  });

  it("generates a setting that it can read", () => {
    expect(parseKeyring(generateKeyringText()).keys.size).toBe(1);
  });
});

describe("seal", () => {
  const keyring = parseKeyring(generateKeyringText());

  it("opens what it sealed, whatever the text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        (text) => unseal(keyring, place, seal(keyring, place, text)) === text,
      ),
    );
  });

  it("never seals the same text the same way twice", () => {
    expect(seal(keyring, place, "same")).not.toBe(seal(keyring, place, "same"));
  });

  it.each([
    { ...place, id: "018e" },
    { ...place, field: "refreshToken" },
    { ...place, table: "OAuthClient" },
  ])("refuses a ciphertext moved to $table $id $field", (elsewhere) => {
    const sealed = seal(keyring, place, "token");
    expect(() => unseal(keyring, elsewhere, sealed)).toThrow(UnsealError);
  });

  it("names the key that is missing, and the record", () => {
    const sealed = seal(parseKeyring(`lost:${key()}`), place, "token");
    expect(() => unseal(keyring, place, sealed)).toThrow(/Connection 018f accessToken: the key "lost"/);
  });

  it("refuses every altered byte", () => {
    const sealed = seal(keyring, place, "a token of some length");
    const prefix = sealed.lastIndexOf(".") + 1;
    const body = Buffer.from(sealed.slice(prefix), "base64url");
    for (let index = 0; index < body.length; index += 1) {
      const altered = Buffer.from(body);
      altered[index] = (altered[index] ?? 0) ^ 1;
      const text = sealed.slice(0, prefix) + altered.toString("base64url");
      expect(() => unseal(keyring, place, text)).toThrow(UnsealError);
    }
  });

  it.each(["", "plain", "v1.k1", "v1.k1.AA", "v2.k1.AAAA", "v1.k1.AAAA.x"])(
    "refuses %j, which it did not make",
    (text) => {
      expect(() => unseal(keyring, place, text)).toThrow(UnsealError);
    },
  );
});

describe("passwords", () => {
  it("accepts the password and refuses another", async () => {
    const stored = await hashPassword("correct horse battery staple");
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    await expect(verifyPassword("correct horse battery staple", stored)).resolves.toBe(true);
    await expect(verifyPassword("correct horse battery stapler", stored)).resolves.toBe(false);
  });

  it("takes a composed and a decomposed letter for the same", async () => {
    await expect(verifyPassword("ca\u0301fe", await hashPassword("c\u00e1fe"))).resolves.toBe(true);
  });

  it("refuses a hash that it cannot read", async () => {
    await expect(verifyPassword("x", "plain")).resolves.toBe(false);
  });

  it("spends the time of a check on an unknown user", async () => {
    await expect(spendPasswordTime("x")).resolves.toBe(false);
  });
});
