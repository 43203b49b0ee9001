import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createOrganization } from "@/lib/organizations/create-organization";
import { renameOrganization } from "@/lib/organizations/rename-organization";
import type { Actor, UserActor } from "@/lib/auth/actor";
import { seedOrganization, seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { type AuditExportFormat, exportAuditLog } from "./export-audit-log";
import { type AuditFilter, auditFilterSchema, readAuditCursor, writeAuditCursor } from "./filter";
import { type AuditRow, listAuditEvents } from "./queries";
import { recordAudit, TARGET_TYPES } from "./record-audit";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let ada: UserActor;
let contoso: { id: string };

const filter = (change: object = {}): AuditFilter => auditFilterSchema.parse(change);
const at = (text: string) => new Date(text);

async function write(actor: Actor, when: Date, change: Partial<Parameters<typeof recordAudit>[3]> = {}) {
  await db.prisma.$transaction((tx) =>
    recordAudit(tx, actor, when, {
      action: "integration.update",
      target: { type: "integration", id: "i-1", label: "HaloPSA" },
      organizationId: null,
      ...change,
    }),
  );
}

async function readAll(actor: Actor, wanted: AuditFilter): Promise<AuditRow[]> {
  return listAuditEvents(testContext(db, actor), wanted, { after: null, limit: 1_000 });
}

async function exported(actor: Actor, wanted: AuditFilter, format: AuditExportFormat): Promise<string> {
  let text = "";
  for await (const piece of await exportAuditLog(testContext(db, actor), wanted, format)) text += piece;
  return text;
}

beforeAll(async () => {
  db = await openTestDatabase();
  ada = await seedUser(db, "platform_admin");
  contoso = await seedOrganization(db, "Contoso");
});
afterAll(() => db.close());

describe("the audit log", () => {
  it("pages through entries of one moment without losing or repeating any", async () => {
    const when = at("2026-01-02T03:04:05.678Z");
    for (let index = 0; index < 25; index++) await write(ada, when, { action: "paging.test" });
    const seen: string[] = [];
    let after = null;
    for (;;) {
      const page = await listAuditEvents(testContext(db, ada), filter({ action: "paging.test" }), {
        after,
        limit: 10,
      });
      seen.push(...page.map(({ id }) => id));
      const last = page.at(-1);
      if (!last || page.length < 10) break;
      after = readAuditCursor(writeAuditCursor(last));
    }
    expect(seen).toHaveLength(25);
    expect(seen).toEqual([...new Set(seen)].sort().reverse());
  });

  it.each([
    [{ who: "ada-filter" }, 2],
    [{ who: "ADA-FILTER@EX" }, 2],
    [{ who: "system", target: "Filtered" }, 1],
    [{ who: "nobody-at-all" }, 0],
    [{ target: "Filtered" }, 3],
    [{ target: "filtered" }, 0],
    [{ target: "user:0190aaaa-0000-7000-8000-000000000000" }, 3],
    [{ target: "0190AAAA-0000-7000-8000-000000000000" }, 3],
    [{ target: "Filtered", who: "ada-filter" }, 2],
    [{ action: "filter.one" }, 1],
    [{ action: "filter.one", target: "Filtered", who: "ada-filter" }, 1],
    [{ target: "Filtered", from: "2026-03-02" }, 2],
    [{ target: "Filtered", to: "2026-03-02" }, 2],
    [{ target: "Filtered", from: "2026-03-02", to: "2026-03-02" }, 1],
    [{ target: "Filtered", from: "0000-01-01" }, 3],
    [{ target: "Filtered", to: "0000-02-29" }, 3],
    [{ target: "Filtered", from: "0001-01-01", to: "9999-12-31" }, 3],
    [{ action: "' OR 1=1 --", target: "Filtered" }, 3],
    [{ who: "\0", target: "Filtered" }, 3],
  ])("finds with %j %i entries", async (wanted, count) => {
    const target = { type: "user", id: "0190aaaa-0000-7000-8000-000000000000", label: "Filtered" } as const;
    if ((await readAll(ada, filter({ target: "Filtered" }))).length === 0) {
      const person = await seedUser(db, "viewer");
      await db.prisma.user.update({ where: { id: person.id }, data: { email: "ada-filter@example.com" } });
      await write(person, at("2026-03-01T23:59:59.999Z"), { action: "filter.one", target });
      await write(person, at("2026-03-02T00:00:00Z"), { target });
      await write({ type: "system", label: "system" }, at("2026-03-03T00:00:00Z"), { target });
    }
    expect(await readAll(ada, filter(wanted))).toHaveLength(count);
  });

  it.each(TARGET_TYPES)("finds what happened to a target of the type %s by its bare id", async (type) => {
    const id = randomUUID();
    await write(ada, new Date(), { target: { type, id, label: "Bare" } });
    expect(await readAll(ada, filter({ target: id }))).toMatchObject([{ targetType: type, targetId: id }]);
  });

  it("shows a managed organization its own entries alone, whatever it filters by", async () => {
    const boss = await seedUser(db, "organization_admin", contoso.id);
    await write(ada, new Date(), { organizationId: contoso.id });
    await write(ada, new Date(), { organizationId: (await seedOrganization(db)).id });
    for (const wanted of [{}, { who: ada.id }, { target: "HaloPSA" }, { organization: ada.organizationId }]) {
      const rows = await readAll(boss, filter(wanted));
      expect(rows.every((row) => row.organizationId === contoso.id)).toBe(true);
      expect(rows).toHaveLength("organization" in wanted ? 0 : 1);
    }
  });

  it.each(["technician", "viewer"] as const)("is not shown to a %s", async (role) => {
    const actor = await seedUser(db, role);
    await expect(readAll(actor, filter())).rejects.toMatchObject({ code: "permission_denied" });
    await expect(exported(actor, filter(), "csv")).rejects.toMatchObject({ code: "permission_denied" });
  });

  it("takes a made-up cursor for none", () => {
    for (const cursor of ["", "x", "zzzzzzzzz.x", "1.'; DROP", `-1.${contoso.id}`, `00.${contoso.id}`]) {
      expect(readAuditCursor(cursor)).toBeNull();
    }
  });

  it("is append-only for the application itself", async () => {
    const changes = [
      `UPDATE "AuditEvent" SET "actorLabel" = 'somebody else'`,
      `DELETE FROM "AuditEvent"`,
      `TRUNCATE "AuditEvent"`,
    ];
    const before = await db.prisma.auditEvent.count();
    for (const change of changes) await expect(db.pool.query(change)).rejects.toThrow("append-only");
    await expect(db.prisma.auditEvent.deleteMany()).rejects.toThrow("append-only");
    expect(await db.prisma.auditEvent.count()).toBe(before);
  });

  it("is not there without the change it tells of, nor the change without it", async () => {
    const { id } = await createOrganization(testContext(db), { name: "Atomic" });
    await createOrganization(testContext(db), { name: "Taken" });
    await expect(renameOrganization(testContext(db), { id, name: "Taken" })).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await db.prisma.auditEvent.count({ where: { targetId: id } })).toBe(1);
  });
});

describe("exporting the audit log", () => {
  it("gives every entry that matches, over many pages, once, and is recorded itself", async () => {
    const when = at("2026-02-01T00:00:00Z");
    await db.prisma.auditEvent.createMany({
      data: Array.from({ length: 2_345 }, (_, index) => ({
        occurredAt: new Date(when.getTime() + Math.floor(index / 3)),
        actorType: "system" as const,
        actorLabel: "system",
        action: "export.test",
        targetType: "integration",
        targetLabel: `=HYPERLINK("https://evil.example","${index}")`,
      })),
    });
    const lines = (await exported(ada, filter({ action: "export.test" }), "jsonl")).trimEnd().split("\n");
    expect(new Set(lines.map((line) => (JSON.parse(line) as { id: string }).id)).size).toBe(2_345);
    const csv = (await exported(ada, filter({ action: "export.test" }), "csv")).split("\r\n");
    expect(csv).toHaveLength(2_345 + 2);
    expect(csv[0]).toMatch(/^id,occurred_at,actor_type/);
    expect(csv[1]).toContain(`"'=HYPERLINK(""https://evil.example""`);
    const recorded = await db.prisma.auditEvent.findMany({ where: { action: "audit.export" } });
    expect(recorded.map(({ after }) => after)).toEqual([
      { format: "jsonl", filter: { action: "export.test" } },
      { format: "csv", filter: { action: "export.test" } },
    ]);
  });

  it("shows every entry of up to a hundred people, and refuses words that mean more, in the export too", async () => {
    const crowd = async (count: number) => {
      const people = Array.from({ length: count }, (_, at) => ({
        id: randomUUID(),
        email: `crowd-${randomUUID()}@example.com`,
        name: `Crowd ${at}`,
        role: "viewer" as const,
        organizationId: ada.organizationId,
      }));
      await db.prisma.user.createMany({ data: people });
      return people;
    };
    for (const { id, email } of await crowd(100)) {
      await write({ ...ada, id, label: email }, at("2026-04-01T00:00:00Z"), { action: "crowd.test" });
    }
    const lines = async () =>
      (await exported(ada, filter({ who: "crowd-" }), "jsonl")).trimEnd().split("\n").length;
    expect(await readAll(ada, filter({ who: "crowd-" }))).toHaveLength(100);
    expect(await readAll(ada, filter({ who: "crowd-", target: "HaloPSA" }))).toHaveLength(100);
    expect(await lines()).toBe(100);
    await crowd(1);
    const refused = { code: "validation_failed", message: expect.stringContaining("More than 100 people") };
    await expect(readAll(ada, filter({ who: "crowd-" }))).rejects.toMatchObject(refused);
    await expect(lines()).rejects.toMatchObject(refused);
  });

  it("gives a managed organization its own entries alone, and records that there", async () => {
    const boss = await seedUser(db, "organization_admin", contoso.id);
    const lines = (await exported(boss, filter(), "jsonl")).trimEnd().split("\n");
    const owners = lines.map((line) => (JSON.parse(line) as { organization_id: string }).organization_id);
    expect(new Set(owners)).toEqual(new Set([contoso.id]));
    expect((await readAll(boss, filter({ action: "audit.export" }))).length).toBe(1);
  });
});
