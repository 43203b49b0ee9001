import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The folder with next.config.js, whether this runs from server/ or bundled from dist/. */
export function projectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "next.config.js")) && dirname(folder) !== folder) folder = dirname(folder);
  return existsSync(join(folder, "next.config.js")) ? folder : process.cwd();
}
