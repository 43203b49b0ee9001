import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { isStorable } from "./storable";

const LIB = import.meta.dirname;

/** Texts that nothing has to refuse, each with its reason. */
const UNSTORED: Record<string, string> = {
  "users/schema.ts signInSchema.password": "is compared with a hash",
  "users/schema.ts changePasswordSchema.currentPassword": "is compared with a hash",
  "users/schema.ts changePasswordSchema.newPassword": "is hashed",
  "users/schema.ts choosePasswordSchema.password": "is hashed",
  "users/schema.ts firstAdminSchema.password": "is hashed",
  "mappings/schema.ts upsertMappingInput.integrationName": "is held against a pattern before it is looked up",
  "mappings/schema.ts deleteMappingInput.integrationName": "is held against a pattern before it is looked up",
  "mappings/schema.ts listMappingsInput.integrationName": "is held against a pattern before it is looked up",
  "mappings/schema.ts upsertMappingInput.config": "is judged key by key by the fields' types",
  "config/schema.ts configObject": "is judged key by key by the fields' types",
  "config/schema.ts setDefaultsInput.values": "is judged key by key by the fields' types",
  "definitions/schema.ts definitionSchema.config_schema.default": "is judged by its field's type",
  "definitions/schema.ts previewImportInput.text": "is read as YAML, and every text in it judged",
  "definitions/schema.ts importIntegrationInput.text": "is read as YAML, and every text in it judged",
};

/** Schemas of texts that stand elsewhere than in a noun's schema.ts. */
const ELSEWHERE: Record<string, string> = {
  "lib/env.ts": "settings of the process",
  "lib/audit/filter.ts": "a filter, which falls back to none",
  "lib/presets/schema.ts": "the catalogue, which is code",
  "lib/search-words.ts": "part of the nouns' schemas, and judged there",
};

const UNSTORABLE = ["a\u0000b", "\ud800"].flatMap((text) => [
  text,
  `name=${text}`,
  `${text}@example.com`,
  [text],
  { name: text },
  { [text]: "x" },
]);

/** Every place of a schema that takes something other than an object of known members. */
function leavesOf(schema: z.core.$ZodType, path: string): [path: string, schema: z.core.$ZodType][] {
  if (schema instanceof z.ZodObject) {
    const members = Object.entries(schema.shape as Record<string, z.core.$ZodType>);
    return members.flatMap(([name, member]) => leavesOf(member, `${path}.${name}`));
  }
  if (schema instanceof z.ZodArray) return leavesOf(schema.element, path);
  const inner =
    schema instanceof z.ZodPipe
      ? schema.in
      : "innerType" in schema._zod.def
        ? schema._zod.def.innerType
        : null;
  const within = inner === null ? [] : leavesOf(inner as z.core.$ZodType, path);
  return within.some(([at]) => at !== path) ? within : [[path, schema]];
}

function holdsUnstorable(value: unknown): boolean {
  if (typeof value === "string") return !isStorable(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).flat().some(holdsUnstorable);
}

function filesOf(folder: string): string[] {
  return readdirSync(join(LIB, "..", folder), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.ts$|generated/.test(path))
    .map((path) => `${folder}/${path}`);
}

describe("what comes in to be stored", () => {
  const leaves: [path: string, schema: z.core.$ZodType][] = [];
  beforeAll(async () => {
    for (const file of filesOf("lib").filter((path) => path.endsWith("/schema.ts"))) {
      if (file in ELSEWHERE) continue;
      const exported = (await import(join(LIB, "..", file))) as Record<string, unknown>;
      for (const [name, schema] of Object.entries(exported)) {
        if (schema instanceof z.ZodType) leaves.push(...leavesOf(schema, `${file.slice(4)} ${name}`));
      }
    }
  });

  it("has no text with NUL characters or broken surrogates in it, whichever schema takes it", () => {
    expect(leaves.length).toBeGreaterThan(100);
    const open = leaves.filter(([, schema]) =>
      UNSTORABLE.some((value) => {
        const parsed = z.safeParse(schema, value);
        return parsed.success && holdsUnstorable(parsed.data);
      }),
    );
    expect(open.map(([path]) => path).sort()).toEqual(Object.keys(UNSTORED).sort());
  });

  it("is taken by schemas that stand where the test above finds them", () => {
    const makers = [...filesOf("lib"), ...filesOf("app")].filter((path) =>
      /\bz\s*\.(coerce\s*\.)?string\(/.test(readFileSync(join(LIB, "..", path), "utf8")),
    );
    const stray = makers.filter((path) => !/^lib\/[a-z-]+\/schema\.ts$/.test(path));
    expect(stray.sort()).toEqual(
      Object.keys(ELSEWHERE)
        .filter((path) => stray.includes(path))
        .sort(),
    );
  });
});
