import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { isAddressListed, isHostListed, parseAllowEntry, type AllowEntry } from "./allow-list";
import type { EgressReason } from "./egress-error";
import type { EgressPolicy } from "./policy";

export type UrlVerdict = { ok: true; url: URL } | { ok: false; reason: EgressReason; message: string };
export type AddressKind = "public" | "loopback" | "private";

const MAX_URL_LENGTH = 8_192;
/** Azure's wire server: a public address by its class, the machine's own metadata service by what it does. */
const METADATA_WITH_PUBLIC_ADDRESS = "168.63.129.16";
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3");

/** The entries of an allow-list that mean something; `lib/env.ts` refuses the others at the start. */
function readAllowList(policy: EgressPolicy): AllowEntry[] {
  return policy.allow.flatMap((entry) => parseAllowEntry(entry) ?? []);
}

/** The host of a URL as names are compared: without brackets, without the root's dot. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

export function portOf(url: URL): number {
  return url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
}

export function isLoopbackName(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost");
}

/** What an address is, an IPv4 address inside an IPv6 one included. Whatever is not plainly public is private. */
export function classifyAddress(text: string): AddressKind {
  const address = parseAddress(text);
  if (!address) return "private";
  const range = address.range();
  if (range === "loopback") return "loopback";
  if (range !== "unicast" || address.toString() === METADATA_WITH_PUBLIC_ADDRESS) return "private";
  return address instanceof ipaddr.IPv4 || address.match(GLOBAL_UNICAST) ? "public" : "private";
}

/** Whether a socket may be opened to this address for a URL with this host and port. */
export function isAddressAllowed(
  address: string,
  target: { host: string; port: number },
  policy: EgressPolicy,
): boolean {
  const kind = classifyAddress(address);
  if (kind === "public" || (kind === "loopback" && policy.allowLoopback)) return true;
  const entries = readAllowList(policy);
  const parsed = parseAddress(address);
  return (
    isHostListed(entries, target.host, target.port) ||
    (parsed !== null && isAddressListed(entries, parsed, target.port))
  );
}

/** Judges a URL without asking the DNS, for forms and before every request; what its name resolves to is judged at connecting. */
export function checkUrl(input: string, policy: EgressPolicy): UrlVerdict {
  // The URL parser silently drops tabs and line breaks: what is judged must be what was written.
  // oxlint-disable-next-line no-control-regex
  if (input.length > MAX_URL_LENGTH || /[\u0000-\u0020\u007f]/.test(input) || !URL.canParse(input)) {
    return refuse(
      "invalid_url",
      "This is not a URL. Enter a full one, such as https://login.example.com/token.",
    );
  }
  const url = new URL(input);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    return refuse(
      "scheme_forbidden",
      "Only https:// URLs can be reached. Enter one that begins with https://.",
    );
  }
  if (url.username !== "" || url.password !== "") {
    return refuse("invalid_url", "Remove the user name and password from the URL; they do not belong there.");
  }
  const host = hostOf(url);
  if (host === "") return refuse("invalid_url", "The URL names no host. Enter a full URL.");
  const port = portOf(url);

  const isAddress = isIP(host) !== 0;
  const isLoopback = isAddress ? classifyAddress(host) === "loopback" : isLoopbackName(host);
  const address = isAddress ? host : isLoopback ? "127.0.0.1" : null;
  if (address !== null && !isAddressAllowed(address, { host, port }, policy)) {
    return refuse("address_forbidden", forbiddenAddressMessage(host));
  }
  if (url.protocol === "http:" && !mayBePlain({ host, port, isLoopback, isAddress }, policy)) {
    return refuse(
      "https_required",
      `Use https:// for ${host}: over http:// anybody on the way can read the secrets.`,
    );
  }
  return { ok: true, url };
}

export function forbiddenAddressMessage(host: string): string {
  return (
    `${host} is an address inside a private network, which this server does not reach. ` +
    `Enter a public host, or ask the operator to add it to BIFROST_EGRESS_ALLOW.`
  );
}

function mayBePlain(
  target: { host: string; port: number; isLoopback: boolean; isAddress: boolean },
  policy: EgressPolicy,
): boolean {
  if (target.isLoopback && policy.allowLoopback) return true;
  const entries = readAllowList(policy);
  if (isHostListed(entries, target.host, target.port)) return true;
  const parsed = target.isAddress ? parseAddress(target.host) : null;
  return parsed !== null && isAddressListed(entries, parsed, target.port);
}

/** An IPv4 address that travels inside an IPv6 one (mapped, or through NAT64) is that IPv4 address. */
function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  const bare = text.split("%")[0] ?? "";
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return ipaddr.IPv4.parse(bare);
  if (!ipaddr.IPv6.isValid(bare)) return null;
  const address = ipaddr.IPv6.parse(bare);
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  if (address.match(ipaddr.IPv6.parseCIDR("64:ff9b::/96"))) {
    return new ipaddr.IPv4(address.toByteArray().slice(12));
  }
  return address;
}

function refuse(reason: EgressReason, message: string): UrlVerdict {
  return { ok: false, reason, message };
}
