// Node builtins only, and Node 20's: this runs before anything is installed.
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";

/** Settings may stand in a file `.env` beside package.json; the environment wins. @param {string} root */
export function loadEnvFile(root) {
  const path = join(root, ".env");
  if (existsSync(path)) process.loadEnvFile(path);
}

/** @param {string} root @param {boolean} [demo] the demo has a database of its own, in a folder of its own */
export function dataDirOf(root, demo = false) {
  return resolve(root, process.env["BIFROST_DATA_DIR"] || ".bifrost", demo ? "demo" : "");
}

/**
 * Whether the port can be had, asked before anything else is done.
 *
 * @returns {Promise<void>}
 * @throws {Error} one line saying what to set
 */
export function requireFreePort() {
  const port = Number(process.env["PORT"] || 3000);
  const host = process.env["HOST"] || "127.0.0.1";
  // A port that is none is told by the check of all settings.
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return Promise.resolve();
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", (error) => {
      const code = "code" in error ? error.code : error.message;
      if (code === "EADDRINUSE")
        fail(new Error(`Port ${port} on ${host} is in use. Set PORT to another one.`));
      else if (code === "EACCES")
        fail(new Error(`Port ${port} needs more rights. Set PORT to one above 1023.`));
      else fail(new Error(`Cannot listen on ${host}:${port} (${code}). Set HOST and PORT.`));
    });
    server.listen(port, host, () => server.close(() => done()));
  });
}

/** A port that nothing listens on now. @param {string} host @returns {Promise<number>} */
export function findFreePort(host) {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
