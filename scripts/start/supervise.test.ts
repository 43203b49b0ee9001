import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { supervise } from "./supervise.mjs";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bifrost-supervise-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("who waits for a process's word hears why it cannot give it", async () => {
  const modulePath = join(folder, "child.mjs");
  writeFileSync(
    modulePath,
    `process.on("message", () => process.send({ type: "failed", message: "The disk is full." }));
     process.send({ type: "ready" });`,
  );
  const child = supervise({
    name: "child",
    modulePath,
    cwd: folder,
    env: process.env,
    readyType: "ready",
    say: () => undefined,
  });
  await child.ready;
  const seeded = child.next("seeded");
  child.send({ type: "seed" });
  await expect(seeded).rejects.toThrow("The disk is full.");
  await child.stop();
});
