import { join } from "node:path";

/** How far above the product's own port the demo's services stand. */
export const PORT_DISTANCE = 1_000;

/**
 * The demo makes organizations and an admin, so it has a database of its own.
 *
 * @throws {Error} one line, when a database is set that it would fill instead
 */
export function requireOwnDatabase() {
  if (!process.env["DATABASE_URL"]) return;
  throw new Error(
    "The demo has a database of its own and does not touch the one that DATABASE_URL names. Start it without: DATABASE_URL= npm start -- --demo",
  );
}

/**
 * The demo's services answer on this machine alone, which is refused to a server that others can reach.
 *
 * @param {string} root
 * @param {import("../../lib/env.ts").Env} env
 * @throws {Error} one line, when Bifrost would refuse to reach them
 */
export async function requireReachableServices(root, { loopbackDevelopment, egressAllow, port }) {
  if (loopbackDevelopment) return;
  const { isAddressListed, parseAllowEntry } = await import(join(root, "lib/egress/allow-list.ts"));
  const { default: ipaddr } = await import("ipaddr.js");
  const entries = egressAllow.flatMap((entry) => parseAllowEntry(entry) ?? []);
  const address = ipaddr.parse("127.0.0.1");
  const ports = [port + PORT_DISTANCE, port + PORT_DISTANCE + 1];
  if (ports.every((each) => isAddressListed(entries, address, each))) return;
  throw new Error(
    "The demo's services answer on 127.0.0.1 alone, which Bifrost reaches only while HOST and BIFROST_URL are loopback too. Start it without them: HOST= BIFROST_URL= npm start -- --demo",
  );
}
