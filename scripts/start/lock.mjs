// Node builtins only, and Node 20's: this runs before anything is installed.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { errorCode, sleep, startedAt } from "./process.mjs";

/** @typedef {{ pid: number, started: string | undefined, purpose: string }} Holder */

/**
 * Takes a lock that ends with its process, however that ends: a file naming the holder and when it started.
 *
 * @param {string} path
 * @param {string} purpose shown to whoever waits
 * @returns {{ holder: Holder, release?: undefined } | { holder?: undefined, release: () => void }}
 */
export function tryLock(path, purpose) {
  mkdirSync(dirname(path), { recursive: true });
  const mine = JSON.stringify({ pid: process.pid, started: startedAt(process.pid), purpose });
  // Written aside and linked: a reader never sees half a file.
  const aside = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  writeFileSync(aside, mine, { mode: 0o600 });
  try {
    for (;;) {
      try {
        linkSync(aside, path);
        return { release: () => releaseLock(path, mine) };
      } catch (error) {
        if (errorCode(error) !== "EEXIST") throw error;
      }
      const text = readText(path);
      if (text === undefined) continue;
      const holder = readHolder(text);
      if (holder !== undefined && holder.started !== undefined && startedAt(holder.pid) === holder.started) {
        return { holder };
      }
      removeStale(path, text);
    }
  } finally {
    rmSync(aside, { force: true });
  }
}

/**
 * Waits for the lock.
 *
 * @param {string} path
 * @param {string} purpose
 * @param {{ timeoutMs: number, onWait?: (holder: Holder) => void }} options
 * @returns {Promise<() => void>} releases it
 * @throws {Error} one line naming the holder, when it does not let go in time
 */
export async function lock(path, purpose, { timeoutMs, onWait }) {
  const until = Date.now() + timeoutMs;
  let told = false;
  for (;;) {
    const attempt = tryLock(path, purpose);
    if (attempt.release !== undefined) return attempt.release;
    if (Date.now() > until) {
      throw new Error(
        `${attempt.holder.purpose} (process ${attempt.holder.pid}) is still at work here. Wait for it or end it.`,
      );
    }
    if (!told) onWait?.(attempt.holder);
    told = true;
    await sleep(100);
  }
}

/** @param {string} path @param {string} mine */
function releaseLock(path, mine) {
  if (readText(path) === mine) rmSync(path, { force: true });
}

/**
 * Two processes may find the same stale lock: moving it aside first makes sure that neither removes the other's new one.
 *
 * @param {string} path @param {string} stale
 */
function removeStale(path, stale) {
  const moved = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, moved);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return;
    throw error;
  }
  try {
    if (readText(moved) !== stale) linkSync(moved, path);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  } finally {
    rmSync(moved, { force: true });
  }
}

/** @param {string} path */
function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** @param {string} text @returns {Holder | undefined} */
function readHolder(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
