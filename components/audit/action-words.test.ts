import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ACTION_WORDS, actionLabel, actionWords } from "./action-words";

/** Every action that the code writes, found where it stands. */
function writtenActions(): string[] {
  const root = join(import.meta.dirname, "../../lib");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(".ts") && !/\.test\.ts$|^db\/generated/.test(path),
  );
  const found = files.flatMap((path) => {
    const text = readFileSync(join(root, path), "utf8");
    // `action: "noun.verb"`, a choice between two as well, and the one in SQL.
    const places = [...text.matchAll(/\baction:[^,;]*|'credentials\.read'/g)].map(([place]) => place);
    return places.flatMap((place) =>
      [...place.matchAll(/["']([a-z][a-z_]*\.[a-z][a-z_]*)["']/g)].flatMap(([, action]) => action ?? []),
    );
  });
  return [...new Set(found)].sort();
}

describe("the audit log's words", () => {
  it("are there for every action that the code writes", () => {
    const actions = writtenActions();
    expect(actions).toContain("integration.create");
    expect(actions.filter((action) => !(action in ACTION_WORDS))).toEqual([]);
  });

  it("name an unknown action by its own name", () => {
    expect(actionWords("widget.paint_over")).toBe("widget paint over");
    expect(actionLabel("integration.create")).toBe("Created the integration …");
  });
});
