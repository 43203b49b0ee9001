import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UserActor } from "@/lib/auth/actor";
import type { Database } from "@/lib/db/client";
import { uuidv7 } from "@/lib/db/id";
import { AppError } from "@/lib/errors";
import { seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedIntegration } from "@/test/integrations";
import { getIntegration } from "./queries";
import { setOrganizationPolicy } from "./set-organization-policy";
import { updateIntegration } from "./update-integration";

let db: Database;
let admin: UserActor;

beforeAll(async () => {
  db = await openTestDatabase();
  admin = await seedUser(db, "platform_admin");
});
afterAll(() => db.close());

const ctx = (actor: UserActor = admin) => testContext(db, actor);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "fulfilled",
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  );
const POLICY = { organizationPolicy: "none", lendsDefaultToKeys: true } as const;

describe("the policy for organizations without a connection of their own", () => {
  it("is stored, recorded, and left alone by a save of the settings", async () => {
    const { id } = await seedIntegration(db, { name: `Service_${uuidv7().slice(-12)}` });
    const { version } = await setOrganizationPolicy(ctx(), { integrationId: id, version: 1, ...POLICY });
    expect(version).toBe(2);
    expect(await getIntegration(ctx(), id)).toMatchObject({ ...POLICY, version });
    const entry = await db.prisma.auditEvent.findFirstOrThrow({
      where: { action: "integration.set_organization_policy", targetId: id },
    });
    expect(entry.after).toMatchObject(POLICY);

    const { name } = await getIntegration(ctx(), id);
    await updateIntegration(ctx(), { id, version, name });
    expect(await getIntegration(ctx(), id)).toMatchObject(POLICY);
  });

  it("tells the second of two who choose at once, and changes nothing", async () => {
    const { id } = await seedIntegration(db, { name: `Service_${uuidv7().slice(-12)}` });
    await setOrganizationPolicy(ctx(), { integrationId: id, version: 1, ...POLICY });
    const late = { integrationId: id, version: 1, organizationPolicy: "default" };
    expect(await codeOf(setOrganizationPolicy(ctx(), late))).toBe("conflict");
    expect(await getIntegration(ctx(), id)).toMatchObject(POLICY);
  });

  it("is a platform admin's to choose", async () => {
    const { id } = await seedIntegration(db, { name: `Service_${uuidv7().slice(-12)}` });
    const technician = await seedUser(db, "technician");
    const input = { integrationId: id, version: 1, ...POLICY };
    expect(await codeOf(setOrganizationPolicy(ctx(technician), input))).toBe("permission_denied");
    expect(await codeOf(setOrganizationPolicy(ctx(), { ...input, organizationPolicy: "derived" }))).toBe(
      "validation_failed",
    );
  });
});
