import { access, constants, mkdtemp, rm, stat, statfs, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";

import { type Env, isLoopback } from "@/lib/env";
import { findBrowser } from "@/scripts/start/browser.mjs";

import type { Check } from "./doctor.ts";

const LEAST_FREE_BYTES = 500_000_000;
const PRIVATE_FILES = ["keys.json", "database.json"];

export function checkNode(): Check {
  const major = Number(process.versions.node.split(".")[0]);
  const check = { name: "Node", message: process.version };
  return major >= 24
    ? { ...check, status: "ok" }
    : { ...check, status: "fail", action: "Run npm install: it brings Node 24." };
}

export function checkPublicUrl({ publicUrl, host, port, databaseEmbedded }: Env): Check {
  const name = "BIFROST_URL";
  const url = new URL(publicUrl);
  if (isLoopback(url.hostname)) {
    return isLoopback(host)
      ? { name, status: "ok", message: publicUrl }
      : {
          name,
          status: "warn",
          message: `${publicUrl}, but HOST is ${host}`,
          action: "Set BIFROST_URL to the address that browsers use.",
        };
  }
  if (url.protocol === "http:") {
    const action =
      "Put a proxy with TLS in front and set BIFROST_URL to https://…; services refuse plain redirect URIs.";
    return { name, status: "warn", message: `${publicUrl} is not encrypted`, action };
  }
  const inFront = url.port === "" && port !== 443 ? "; a proxy in front must lead here" : "";
  return {
    name,
    status: "ok",
    message: `${publicUrl}${inFront}${databaseEmbedded ? ", on the embedded database" : ""}`,
  };
}

/** Private files are private, and the disk takes what is written. */
export async function checkDataDir({ dataDir, databaseEmbedded }: Env): Promise<Check> {
  const name = "Data directory";
  if (!databaseEmbedded) return { name, status: "ok", message: "not used: the database is another server's" };
  try {
    await access(dataDir, constants.W_OK);
    for (const file of PRIVATE_FILES) {
      const { mode } = await stat(join(dataDir, file));
      if ((mode & 0o077) !== 0) {
        const path = join(dataDir, file);
        return { name, status: "fail", message: `others can read ${path}`, action: `chmod 600 ${path}` };
      }
    }
    const probe = await mkdtemp(join(dataDir, "probe-"));
    await writeFile(join(probe, "file"), Buffer.alloc(65_536));
    await rm(probe, { recursive: true });
    const { bavail, bsize } = await statfs(dataDir);
    const freeBytes = bavail * bsize;
    const message = `${dataDir}, ${Math.floor(freeBytes / 1_000_000_000)} GB free`;
    if (freeBytes < LEAST_FREE_BYTES)
      return { name, status: "warn", message, action: "Make room on the disk." };
    return { name, status: "ok", message };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    return {
      name,
      status: "fail",
      message: `${dataDir}: ${code}`,
      action: "Let this user write there, or set BIFROST_DATA_DIR.",
    };
  }
}

/** Free, or held by this very server. */
export async function checkPort({ port, host }: Env): Promise<Check> {
  const name = "Port";
  const server = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
  if (isFree) return { name, status: "ok", message: `${port} on ${host} is free; the server does not run` };
  const bracketed = host.includes(":") ? `[${host}]` : host;
  const answer = await fetch(`http://${bracketed}:${port}/healthz`, {
    signal: AbortSignal.timeout(3000),
  }).catch(() => undefined);
  if (answer?.ok === true) return { name, status: "ok", message: `the server answers on ${host}:${port}` };
  return {
    name,
    status: "fail",
    message: `something else uses ${port} on ${host}`,
    action: "Set PORT to another one.",
  };
}

export async function checkBrowser(): Promise<Check> {
  const name = "Browser for the tests";
  const path = await findBrowser().catch(() => undefined);
  if (path !== undefined) return { name, status: "ok", message: path };
  return {
    name,
    status: "warn",
    message: "none found",
    action: "Only npm test needs it, and installs one; or set CHROMIUM_PATH.",
  };
}
