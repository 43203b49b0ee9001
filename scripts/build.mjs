// `npm run build`: what `npm start` does before it starts, for an image or a release.
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { ensureBuilt } from "./start/build.mjs";
import { lock } from "./start/lock.mjs";

const root = resolve(fileURLToPath(import.meta.url), "../..");

try {
  const release = await lock(join(root, ".bifrost/checkout.lock"), "Another build of this checkout", {
    timeoutMs: 600_000,
  });
  try {
    await ensureBuilt(root, console.log);
  } finally {
    release();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
