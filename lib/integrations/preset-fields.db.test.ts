import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UserActor } from "@/lib/auth/actor";
import { unseal } from "@/lib/crypto/seal";
import type { Database } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import { AppError } from "@/lib/errors";
import { seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { createIntegration } from "./create-integration";
import { getIntegration } from "./queries";
import { updateIntegration } from "./update-integration";

let db: Database;
let admin: UserActor;

beforeAll(async () => {
  db = await openTestDatabase();
  admin = await seedUser(db, "platform_admin");
});
afterAll(() => db.close());

const ctx = () => testContext(db, admin);
const uniqueName = () => `Service_${uuidv7().slice(-12)}`;
const CONNECTWISE = {
  presetId: "connectwise-psa",
  config: {
    base_url: "https://api-eu.myconnectwise.net/v4_6_release/apis/3.0",
    company_id: "acme",
    public_key: "public-1",
    private_key: "canary-private",
    client_id: "client-1",
  },
};

describe("an integration of a service without OAuth", () => {
  it("gets the preset's typed fields, its secrets sealed and in no answer or audit entry", async () => {
    const { id } = await createIntegration(ctx(), { name: uniqueName(), ...CONNECTWISE });
    const fields = await db.prisma.configField.findMany({
      where: { integrationId: id },
      orderBy: { position: "asc" },
      include: { values: true },
    });
    expect(fields.map(({ key, type, required }) => [key, type, required])).toEqual([
      ["base_url", "string", true],
      ["company_id", "string", true],
      ["public_key", "string", true],
      ["private_key", "secret", true],
      ["client_id", "string", true],
    ]);
    const secret = fields[3]?.values[0];
    expect(secret?.value).toBeNull();
    const place = { table: "ConfigValue", id: secret?.id ?? "", field: "value" };
    expect(unseal(ctx().keyring, place, secret?.sealed ?? "")).toBe("canary-private");
    const view = await getIntegration(ctx(), id);
    expect(view).toMatchObject({ status: "configured", oauth: null, connection: null, missing: [] });
    const entries = await db.prisma.auditEvent.findMany({ where: { targetId: id } });
    expect(entries).toMatchObject([{ after: { config: { company_id: "acme", private_key: "set" } } }]);
    expect(JSON.stringify([view, entries])).not.toContain("canary");
  });

  it("asks for each required value, and stores nothing without it", async () => {
    const name = uniqueName();
    const { private_key: _without, ...config } = CONNECTWISE.config;
    const error = await createIntegration(ctx(), { name, presetId: "connectwise-psa", config }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(AppError);
    expect((error as AppError).errors).toEqual([
      { path: "config.private_key", message: "Enter the Private key." },
    ]);
    expect(await db.prisma.integration.count({ where: { name } })).toBe(0);
  });

  it("writes no secret down that a save of its settings is sent by mistake", async () => {
    const { id } = await createIntegration(ctx(), { name: uniqueName(), ...CONNECTWISE });
    const { name } = await getIntegration(ctx(), id);
    await updateIntegration(ctx(), {
      id,
      version: 1,
      name,
      config: { ...CONNECTWISE.config, company_id: "other", private_key: "canary-typed" },
    });
    const entries = await db.prisma.auditEvent.findMany({
      where: { targetId: id, action: "integration.update" },
    });
    expect(entries).toMatchObject([{ after: { config: { company_id: "other" } } }]);
    expect(JSON.stringify(entries)).not.toContain("canary");
  });
});
