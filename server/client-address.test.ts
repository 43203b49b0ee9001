import { describe, expect, it } from "vitest";
import { clientAddress, parseProxyRanges } from "./client-address";

const trusted = parseProxyRanges(["10.0.0.0/8", "127.0.0.1", "fd00::/8"]);

describe("client address", () => {
  it("is the socket's where no proxy is trusted, whatever the header says", () => {
    expect(clientAddress("::ffff:203.0.113.9", "198.51.100.1", [])).toBe("203.0.113.9");
  });

  it("is the socket's where the peer is no trusted proxy", () => {
    expect(clientAddress("203.0.113.9", "198.51.100.1", trusted)).toBe("203.0.113.9");
  });

  it.each([
    ["10.0.0.1", "198.51.100.1", "198.51.100.1"],
    ["10.0.0.1", "1.1.1.1, 198.51.100.1, 10.0.0.7", "198.51.100.1"],
    ["::ffff:127.0.0.1", "198.51.100.1:4711", "198.51.100.1"],
    ["fd00::1", "[2001:db8::5]:443", "2001:db8::5"],
    ["10.0.0.1", "1.1.1.1, nonsense", "10.0.0.1"],
    ["10.0.0.1", "10.0.0.2", "10.0.0.2"],
  ])("through %s with %j is %s", (peer, header, expected) => {
    expect(clientAddress(peer, header, trusted)).toBe(expected);
  });
});
