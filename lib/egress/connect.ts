import { lookup } from "node:dns/promises";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { EgressError } from "./egress-error";
import type { EgressPolicy } from "./policy";
import { forbiddenAddressMessage, hostOf, isAddressAllowed, isLoopbackName, portOf } from "./rules";

interface CheckedAddress {
  address: string;
  family: number;
}

/** A slow address must not starve the next one; the last is given all the time there is. */
const ATTEMPT_TIMEOUT_MS = 2_000;

/**
 * Every address of a URL's host, all of them allowed. One forbidden among them refuses the host: such an answer is how
 * a name is made to point inside.
 *
 * @throws {EgressError} `dns_failed`, `address_forbidden`
 */
export async function resolveChecked(url: URL, policy: EgressPolicy): Promise<CheckedAddress[]> {
  const host = hostOf(url);
  const addresses = isIP(host) ? [{ address: host, family: isIP(host) }] : await resolveName(host);
  if (!addresses.every(({ address }) => isAddressAllowed(address, { host, port: portOf(url) }, policy))) {
    throw new EgressError("address_forbidden", forbiddenAddressMessage(host), { host, sent: false });
  }
  return addresses;
}

/**
 * A fresh socket to one of the checked addresses, never to what the name resolves to by now, with TLS done for https.
 *
 * @throws {EgressError} `connect_failed`, `tls_failed`
 */
export async function openSocket(
  url: URL,
  addresses: CheckedAddress[],
  signal: AbortSignal,
): Promise<Socket> {
  const host = hostOf(url);
  const tcp = connectTcp({
    host,
    port: portOf(url),
    autoSelectFamily: addresses.length > 1,
    autoSelectFamilyAttemptTimeout: ATTEMPT_TIMEOUT_MS,
    lookup: (_host, options, done) => {
      const first = addresses[0];
      if (options.all) done(null, addresses);
      else if (first) done(null, first.address, first.family);
    },
  });
  await ready(tcp, "connect", signal).catch((cause: unknown) => {
    const message = `No connection to ${host} could be made. Check the host and port, and that the service is running.`;
    throw new EgressError("connect_failed", message, { host, sent: false, cause });
  });
  if (url.protocol === "http:") return tcp;

  const tls = connectTls({
    socket: tcp,
    host,
    servername: isIP(host) ? "" : host,
    ALPNProtocols: ["http/1.1"],
  });
  await ready(tls, "secureConnect", signal).catch((cause: unknown) => {
    tcp.destroy();
    const message = `No secure connection to ${host} could be made. Check that its certificate is valid for this host.`;
    throw new EgressError("tls_failed", message, { host, sent: false, cause });
  });
  return tls;
}

async function resolveName(host: string): Promise<CheckedAddress[]> {
  try {
    // RFC 6761: these names are loopback, and not every resolver knows it.
    const found = await lookup(isLoopbackName(host) ? "localhost" : host, { all: true, order: "verbatim" });
    if (found.length > 0) return found;
  } catch (cause) {
    throw new EgressError("dns_failed", dnsMessage(host), { host, sent: false, cause });
  }
  throw new EgressError("dns_failed", dnsMessage(host), { host, sent: false });
}

function dnsMessage(host: string): string {
  return `The host ${host} was not found. Check its spelling.`;
}

function ready(socket: Socket, event: "connect" | "secureConnect", signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => () => {
      signal.removeEventListener("abort", onAbort);
      socket.off(event, onReady).off("error", onError).off("close", onClose);
      finish();
    };
    const onReady = settle(resolve);
    const onClose = settle(() => reject(new Error("closed before it was ready")));
    const onAbort = settle(() => {
      socket.on("error", () => {});
      socket.destroy();
      reject(new Error("given up"));
    });
    let failure: unknown;
    const onError = (error: unknown) => {
      failure = error;
      settle(() => {
        socket.on("error", () => {});
        reject(failure);
      })();
    };
    if (signal.aborted) return onAbort();
    socket.once(event, onReady).once("error", onError).once("close", onClose);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
