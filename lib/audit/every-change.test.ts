import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const LIB = join(import.meta.dirname, "..");
const MECHANISMS = new Set(["oauth", "crypto", "egress", "auth", "audit", "db", "jobs", "presets"]);

/** What writes without an entry of its own, each with its reason. */
const UNRECORDED: Record<string, string> = {
  "connections/cancel-handshake.ts":
    "forgets one's own waiting; what was begun is recorded, and nothing else changes",
  "connections/heal-client.ts": "a part of storing a token, which is recorded",
  "connections/demand-new-consent.ts": "a part of saving an integration or its defaults, which are recorded",
  "connections/follow-values.ts":
    "a part of saving an integration or its defaults, which are recorded with how many it concerns",
  "connections/ensure-connection.ts": "makes an empty row within the transaction of what is recorded",
  "integrations/reserve-slug.ts": "a part of creating an integration, which is recorded",
  "users/accept-sign-in-link.ts": "opens its session by signIn, which records",
  "users/create-setup-link.ts": "a part of creating a user and of renewing their link, which are recorded",
  "mappings/demand-own-reconnect.ts":
    "a part of changing a mapping, which is recorded with the reason it gives",
  "integrations/forget-derived.ts":
    "a part of saving an integration or its policy, which are recorded; the tokens derive from a consent that stays",
  "refresh/note-read.ts": "notes that a read was made, which is recorded as such where it had secrets",
  "refresh/provide-tokens.ts": "makes an empty row for a token whose first refresh is recorded",
  "refresh/claim-attempt.ts": "takes the lease of a refresh, whose outcome is recorded",
  "mappings/write-overrides.ts": "a part of changing a mapping, which is recorded",
  "refresh/run-lane.ts": "moves when a refresh is tried; its outcome is recorded",
  "refresh/insert-activity.ts": "the Activity tab's row, in the transaction of a refresh that is recorded",
  "webhooks/claim-delivery.ts": "takes the lease of a delivery, which has a log of its own",
  "webhooks/close-endpoint.ts":
    "a part of disabling, which is recorded by a person's verb and by settle-attempt",
  "webhooks/spread-events.ts": "copies the outbox to who is to be told; what it tells of is recorded",
  "webhooks/purge-webhooks.ts": "forgets a log that is older than it is kept",
  "config/convert-field-values.ts": "a part of updating the Config Schema, which is recorded",
};

const WRITES =
  /\b(tx|prisma)\.\w+\.(create|createMany|createManyAndReturn|update|updateMany|updateManyAndReturn|upsert|delete|deleteMany)\(|\b(INSERT INTO|DELETE FROM)\b|\bUPDATE "/;

const RECORDS = /\brecord(Audit|Refresh)\(|\$\{RECORD_SUCCESSES\}/;

/** `<verb>-<noun>.ts` of every noun: where all writes are. */
function verbFiles(): { path: string; text: string }[] {
  return readdirSync(LIB, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !MECHANISMS.has(entry.name))
    .flatMap(({ name }) => readdirSync(join(LIB, name)).map((file) => `${name}/${file}`))
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .map((path) => ({ path, text: readFileSync(join(LIB, path), "utf8") }));
}

describe("every change", () => {
  const files = verbFiles();

  it("is recorded in the audit log by the verb that makes it", () => {
    const writers = files.filter(({ text }) => WRITES.test(text));
    expect(writers.length).toBeGreaterThan(15);
    const silent = writers.filter(({ text }) => !RECORDS.test(text)).map(({ path }) => path);
    expect(silent.filter((path) => !(path in UNRECORDED))).toEqual([]);
  });

  it("is made by a verb, never by a query, a rule or a schema", () => {
    const readers = files.filter(({ path }) => /\/(queries|rules|schema)\.ts$/.test(path));
    expect(readers.filter(({ text }) => WRITES.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it("has no reason on the list above that is no longer needed", () => {
    const known = new Map(files.map(({ path, text }) => [path, text]));
    for (const path of Object.keys(UNRECORDED)) {
      const text = known.get(path);
      if (text !== undefined) expect(WRITES.test(text) && !RECORDS.test(text), path).toBe(true);
    }
  });
});
