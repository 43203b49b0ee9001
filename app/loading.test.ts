import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const files = globSync("**/loading.tsx", { cwd: import.meta.dirname });

test("every loading screen waits until a navigation is late", () => {
  expect(files.length).toBeGreaterThan(10);
  for (const file of files)
    expect(readFileSync(join(import.meta.dirname, file), "utf8"), file).toContain("<Late>");
});
