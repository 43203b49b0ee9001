import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildPayload } from "./build-payload";
import { WEBHOOK_EVENT_TYPES } from "./rules";
import { createSigningSecret, signPayload } from "./sign-payload";

const guide = readFileSync(join(import.meta.dirname, "../../docs/guides/webhooks.md"), "utf8");
const sample = (language: string) => guide.split(`\`\`\`${language}\n`)[1]?.split("```")[0] ?? "";

const secrets = [createSigningSecret(), createSigningSecret()];
const body = '{"type":"webhook.test","words":"ä€😀"}';
const headers = signPayload(
  { id: "event-1", timestampSeconds: Math.floor(Date.now() / 1_000), body },
  secrets,
);
const old = signPayload({ id: "event-1", timestampSeconds: 1_700_000_000, body }, secrets);
/** Secret, headers, body, and whether that is to be believed. */
const cases: [string, Record<string, string>, string, boolean][] = [
  [secrets[0] ?? "", headers, body, true],
  [secrets[1] ?? "", headers, body, true],
  [createSigningSecret(), headers, body, false],
  [secrets[0] ?? "", headers, `${body} `, false],
  [secrets[0] ?? "", { ...headers, "webhook-id": "event-2" }, body, false],
  [secrets[0] ?? "", { ...headers, "webhook-signature": "v1,short" }, body, false],
  [secrets[0] ?? "", old, body, false],
];

describe("the guide", () => {
  it("checks a signature in Node as it says", async () => {
    const url = `data:text/javascript,${encodeURIComponent(sample("js"))}`;
    const { isFromBifrost } = (await import(/* @vite-ignore */ url)) as {
      isFromBifrost: (secret: string, given: Record<string, string>, text: string) => boolean;
    };
    expect(cases.map(([secret, given, text]) => isFromBifrost(secret, given, text))).toEqual(
      cases.map(([, , , believed]) => believed),
    );
  });

  const hasPython = spawnSync("python3", ["--version"]).status === 0;
  it.skipIf(!hasPython)("checks a signature in Python as it says", () => {
    const program = `${sample("python")}
import json, sys
print(json.dumps([is_from_bifrost(s, h, b.encode()) for s, h, b, _ in json.load(sys.stdin)]))`;
    const { stdout, stderr } = spawnSync("python3", ["-c", program], {
      input: JSON.stringify(cases),
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual(cases.map(([, , , believed]) => believed));
  });

  it("shows an event with the members that an event has, and names every type", () => {
    const shown = JSON.parse(sample("json")) as { data: object };
    const event = { ...blank, type: "connection.reconnect_required" };
    const built = JSON.parse(buildPayload(event, "https://bifrost.example.com")) as { data: object };
    expect(Object.keys(shown)).toEqual(Object.keys(built));
    expect(Object.keys(shown.data)).toEqual(Object.keys(built.data));
    for (const type of WEBHOOK_EVENT_TYPES) expect(guide).toContain(`| \`${type}\``);
  });
});

const blank = {
  id: "event-1",
  occurredAt: new Date(),
  integrationId: null,
  integrationName: null,
  organizationId: null,
  organizationName: null,
  connectionId: null,
  status: null,
  code: null,
  message: null,
  mends: [],
  path: "/",
};
