import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EgressPolicy } from "./policy";
import { checkUrl, classifyAddress, isAddressAllowed } from "./rules";

const STRICT: EgressPolicy = { allowLoopback: false, allow: [] };
const DEVELOPMENT: EgressPolicy = { allowLoopback: true, allow: [] };

function reasonOf(url: string, policy = STRICT): string {
  const verdict = checkUrl(url, policy);
  return verdict.ok ? "ok" : verdict.reason;
}

describe("a URL that is checked without the DNS", () => {
  it.each([
    "https://login.microsoftonline.com/common/oauth2/v2.0/token",
    "https://8.8.8.8/",
    "https://[2606:4700::1111]/",
  ])("accepts %s", (url) => expect(reasonOf(url)).toBe("ok"));

  it.each([
    ["", "invalid_url"],
    ["login.example.com/token", "invalid_url"],
    ["https://", "invalid_url"],
    ["https://user:secret@example.com/", "invalid_url"],
    ["https://user@example.com/", "invalid_url"],
    ["https://exa\nmple.com/", "invalid_url"],
    [" https://example.com/", "invalid_url"],
    [`https://example.com/${"a".repeat(9_000)}`, "invalid_url"],
    ["ftp://example.com/", "scheme_forbidden"],
    ["file:///etc/passwd", "scheme_forbidden"],
    ["javascript:alert(1)", "scheme_forbidden"],
    ["data:text/plain,x", "scheme_forbidden"],
    ["http://example.com/", "https_required"],
  ])("refuses %j: %s", (url, reason) => expect(reasonOf(url)).toBe(reason));

  it.each([
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "%31%32%37.0.0.1",
    "①②⑦.0.0.1",
    "127。0。0。1",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "app.localhost",
    "0.0.0.0",
    "0",
    "[::]",
    "10.0.0.1",
    "0xa000001",
    "012.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "192.168.257",
    "3232235777",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[::169.254.169.254]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::a00:1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[100::1]",
    "[2001:db8::1]",
    "[4000::1]",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
  ])("refuses the inner address %s, by https too", (host) => {
    expect(reasonOf(`https://${host}/token`)).toBe("address_forbidden");
    expect(reasonOf(`http://${host}/token`)).toBe("address_forbidden");
  });

  it("reaches loopback, plainly too, where the policy allows it, and nothing else inside", () => {
    for (const host of ["localhost:3000", "127.0.0.1:3000", "127.1", "[::1]:3000", "app.localhost"]) {
      expect(reasonOf(`http://${host}/`, DEVELOPMENT)).toBe("ok");
    }
    for (const host of ["10.0.0.1", "169.254.169.254", "0.0.0.0", "[fd00::1]"]) {
      expect(reasonOf(`http://${host}/`, DEVELOPMENT)).toBe("address_forbidden");
    }
    expect(reasonOf("http://localhost.example.com/", DEVELOPMENT)).toBe("https_required");
  });

  it("reaches what the operator listed, by host, by host and port, by range", () => {
    const listed = (allow: string): EgressPolicy => ({ allowLoopback: false, allow: [allow] });
    expect(reasonOf("http://erp.corp.example/", listed("erp.corp.example"))).toBe("ok");
    expect(reasonOf("http://erp.corp.example:8080/", listed("erp.corp.example:8080"))).toBe("ok");
    expect(reasonOf("http://erp.corp.example:8081/", listed("erp.corp.example:8080"))).toBe("https_required");
    expect(reasonOf("http://other.erp.corp.example/", listed("erp.corp.example"))).toBe("https_required");
    expect(reasonOf("http://10.1.2.3/", listed("10.0.0.0/8"))).toBe("ok");
    expect(reasonOf("https://[fd00::5]/", listed("fd00::/8"))).toBe("ok");
    expect(reasonOf("https://11.1.2.3/", listed("10.0.0.0/8"))).toBe("ok");
    expect(reasonOf("https://192.168.1.1/", listed("10.0.0.0/8"))).toBe("address_forbidden");
    expect(reasonOf("https://10.0.0.5/", listed("10.0.0.5:8443"))).toBe("address_forbidden");
    expect(reasonOf("https://10.0.0.5:8443/", listed("10.0.0.5:8443"))).toBe("ok");
    expect(reasonOf("https://[::ffff:10.0.0.5]/", listed("10.0.0.5"))).toBe("ok");
  });

  it("never says yes to anything but http and https, and never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.ipV4(), fc.ipV6()), (text) => {
        const verdict = checkUrl(text, STRICT);
        return !verdict.ok || verdict.url.protocol === "https:";
      }),
    );
  });
});

describe("an address", () => {
  it("is judged alike in every spelling", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (number) => {
        const spellings = [String(number), `0x${number.toString(16)}`, `0${number.toString(8)}`];
        const dotted = new URL(`https://${number}/`).hostname;
        const kind = classifyAddress(dotted);
        expect(classifyAddress(`::ffff:${dotted}`)).toBe(kind);
        expect(classifyAddress(`64:ff9b::${dotted}`)).toBe(kind);
        for (const spelling of spellings) {
          expect(reasonOf(`https://${spelling}/`)).toBe(kind === "public" ? "ok" : "address_forbidden");
        }
      }),
    );
  });

  it("that a listed host resolves to may be private; that of another host may not", () => {
    const policy: EgressPolicy = { allowLoopback: false, allow: ["erp.corp.example"] };
    expect(isAddressAllowed("10.0.0.9", { host: "erp.corp.example", port: 443 }, policy)).toBe(true);
    expect(isAddressAllowed("10.0.0.9", { host: "evil.example", port: 443 }, policy)).toBe(false);
  });

  it("that cannot be read is private", () => expect(classifyAddress("not an address")).toBe("private"));
});
