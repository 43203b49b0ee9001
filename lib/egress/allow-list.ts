import ipaddr from "ipaddr.js";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** One entry of `BIFROST_EGRESS_ALLOW`. An address is a range of one. */
export type AllowEntry =
  | { kind: "host"; host: string; port: number | null }
  | { kind: "range"; network: Address; bits: number; port: number | null };

const HOST = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

/** Reads `host`, `host:port`, an address with or without port, or a CIDR; null when the entry is none of them. */
export function parseAllowEntry(entry: string): AllowEntry | null {
  const text = entry.trim().toLowerCase();
  if (text.includes("/")) {
    if (!ipaddr.isValidCIDR(text)) return null;
    const [network, bits] = ipaddr.parseCIDR(text);
    return { kind: "range", network, bits, port: null };
  }
  const bare = asRange(text, null);
  if (bare) return bare;

  const withPort = /^(?<host>\[[^\]]+\]|[^:]+)(?::(?<port>\d{1,5}))?$/.exec(text)?.groups;
  if (!withPort?.host) return null;
  const port = withPort.port === undefined ? null : Number(withPort.port);
  if (port !== null && (port < 1 || port > 65_535)) return null;
  const host = withPort.host.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  return asRange(host, port) ?? (HOST.test(host) ? { kind: "host", host, port } : null);
}

/** Whether the operator listed this host by name. */
export function isHostListed(entries: readonly AllowEntry[], host: string, port: number): boolean {
  return entries.some((entry) => entry.kind === "host" && entry.host === host && fitsPort(entry, port));
}

/** Whether the operator listed this address, alone or within a range. */
export function isAddressListed(entries: readonly AllowEntry[], address: Address, port: number): boolean {
  return entries.some((entry) => {
    if (entry.kind !== "range" || !fitsPort(entry, port)) return false;
    if (entry.network instanceof ipaddr.IPv4 && address instanceof ipaddr.IPv4) {
      return address.match(entry.network, entry.bits);
    }
    if (entry.network instanceof ipaddr.IPv6 && address instanceof ipaddr.IPv6) {
      return address.match(entry.network, entry.bits);
    }
    return false;
  });
}

function asRange(text: string, port: number | null): AllowEntry | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) {
    return { kind: "range", network: ipaddr.IPv4.parse(text), bits: 32, port };
  }
  if (ipaddr.IPv6.isValid(text)) return { kind: "range", network: ipaddr.IPv6.parse(text), bits: 128, port };
  return null;
}

function fitsPort(entry: AllowEntry, port: number): boolean {
  return entry.port === null || entry.port === port;
}
