import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { uuidv7 } from "@/lib/db/id";
import { openTestDatabase } from "./database.ts";

let database: Awaited<ReturnType<typeof openTestDatabase>>;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(async () => {
  await database.close();
});

const organization = (name: string, kind: "provider" | "managed" = "managed") => ({
  id: uuidv7(),
  name,
  kind,
});

describe("what the database itself refuses", () => {
  test("a second provider organization", async () => {
    await database.prisma.organization.create({ data: organization("Provider", "provider") });
    const second = database.prisma.organization.create({ data: organization("Another", "provider") });
    await expect(second).rejects.toMatchObject({ code: "P2002" });
  });

  test("two organizations whose names differ in case alone", async () => {
    await database.prisma.organization.create({ data: organization("Contoso") });
    await expect(
      database.prisma.organization.create({ data: organization("CONTOSO") }),
    ).rejects.toMatchObject({
      code: "P2002",
    });
  });

  test("a change of the audit log, as the application's own user", async () => {
    await database.prisma.auditEvent.create({
      data: {
        id: uuidv7(),
        actorType: "system",
        actorLabel: "test",
        action: "test.done",
        targetType: "test",
        targetLabel: "test",
      },
    });
    for (const sql of [
      'UPDATE "AuditEvent" SET "action" = \'x\'',
      'DELETE FROM "AuditEvent"',
      'TRUNCATE "AuditEvent"',
    ]) {
      await expect(database.pool.query(sql)).rejects.toThrow("append-only");
    }
    expect(await database.prisma.auditEvent.count()).toBe(1);
  });
});

test("a commit waits for the disk", async () => {
  const { rows } = await database.pool.query<{ synchronous_commit: string }>("SHOW synchronous_commit");
  expect(rows[0]?.synchronous_commit).toBe("on");
});
