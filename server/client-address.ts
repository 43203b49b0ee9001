import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import ipaddr from "ipaddr.js";
import { CLIENT_ADDRESS_HEADER } from "@/lib/auth/client-address";

/**
 * Headers by which Next's own parts talk to each other, and those that say where a request came from. X-Forwarded-Host
 * passes: it is judged against BIFROST_URL, and no page can set it for another site's request.
 */
const INTERNAL =
  /^x-(middleware|invoke|next|nextjs-postponed|now|matched-path|prerender|bifrost|forwarded-(for|proto|port)|real-ip)(-|$)/;

export type ProxyRange = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Reads BIFROST_TRUSTED_PROXIES: addresses and CIDRs. The settings have been checked. */
export function parseProxyRanges(entries: readonly string[]): ProxyRange[] {
  return entries.map((entry) => {
    if (entry.includes("/")) return ipaddr.parseCIDR(entry) as ProxyRange;
    const address = ipaddr.process(entry);
    return [address, address.kind() === "ipv4" ? 32 : 128];
  });
}

/**
 * The address a request came from: the socket's, unless that is a trusted proxy; then the last address of
 * X-Forwarded-For that is not itself a trusted proxy's, since everything to the left of it may be made up.
 */
export function clientAddress(
  peer: string,
  forwardedFor: string | undefined,
  trusted: readonly ProxyRange[],
): string {
  const own = written(peer);
  if (forwardedFor === undefined || !isTrusted(own, trusted)) return own;
  let nearest = own;
  for (const hop of forwardedFor.split(",").toReversed()) {
    const address = normal(hop.trim());
    if (address === null) return nearest;
    nearest = address;
    if (!isTrusted(address, trusted)) return address;
  }
  return nearest;
}

/**
 * Drops headers that only our own parts may set, then sets the client's address and, so that Next builds right links behind
 * a proxy that ends TLS, the public protocol.
 */
export function cleanHeaders(
  request: IncomingMessage,
  trusted: readonly ProxyRange[],
  publicProtocol: "http" | "https",
): void {
  const { headers } = request;
  const forwarded = headers["x-forwarded-for"];
  const address =
    forwarded === undefined
      ? peerAddress(request.socket)
      : clientAddress(request.socket.remoteAddress ?? "", joined(forwarded), trusted);
  for (const name of Object.keys(headers)) if (INTERNAL.test(name)) delete headers[name];
  delete headers["forwarded"];
  headers[CLIENT_ADDRESS_HEADER] = address;
  headers["x-forwarded-proto"] = publicProtocol;
  const { rawHeaders } = request;
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? "";
    if (INTERNAL.test(name) || name === "forwarded") rawHeaders.splice(index, 2);
  }
  rawHeaders.push(CLIENT_ADDRESS_HEADER, address, "x-forwarded-proto", publicProtocol);
}

/** A kept connection's other end stays the same. */
const peers = new WeakMap<Socket, string>();

function peerAddress(socket: Socket): string {
  const known = peers.get(socket) ?? written(socket.remoteAddress ?? "");
  peers.set(socket, known);
  return known;
}

function joined(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(",") : value;
}

/** An address as it is always written here; what is none is left as it is. */
function written(address: string): string {
  return normal(address) ?? address;
}

function normal(text: string): string | null {
  const bare = text.replace(/^\[(.*)\](:\d+)?$/, "$1").replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1");
  return ipaddr.isValid(bare) ? ipaddr.process(bare).toString() : null;
}

function isTrusted(address: string, trusted: readonly ProxyRange[]): boolean {
  if (trusted.length === 0 || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return trusted.some(([network, bits]) => parsed.kind() === network.kind() && parsed.match(network, bits));
}
