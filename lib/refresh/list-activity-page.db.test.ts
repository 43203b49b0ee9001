import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UserActor } from "@/lib/auth/actor";
import { uuidv7 } from "@/lib/db/id";
import { seedOrganization, seedUser, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedConnection, seedIntegration, seedMapping } from "@/test/integrations";
import { listActivityPage } from "./list-activity-page";
import type { ActivityListQuery } from "./schema";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let admin: UserActor;
let ofContoso: UserActor;
let integrationId: string;
let contoso: { id: string };
let fabrikam: { id: string };

/** Attempts of one connection, one a minute, every third a failure. */
async function seedActivity(connectionId: string, count: number, firstMinute: number) {
  await db.prisma.connectionActivity.createMany({
    data: Array.from({ length: count }, (_, at) => ({
      id: uuidv7(),
      connectionId,
      integrationId,
      occurredAt: new Date((firstMinute + at) * 60_000),
      attempt: at + 1,
      reason: "due",
      durationMs: 120,
      ...(at % 3 === 2
        ? { outcome: "passing", code: "server_error", message: "x.example refused: server_error: Try later" }
        : { outcome: "success" }),
    })),
  });
}

beforeAll(async () => {
  db = await openTestDatabase();
  contoso = await seedOrganization(db, "Contoso");
  fabrikam = await seedOrganization(db, "Fabrikam");
  admin = await seedUser(db, "platform_admin");
  ofContoso = await seedUser(db, "organization_admin", contoso.id);
  integrationId = (await seedIntegration(db, { name: "HaloPSA", oauth: {} })).id;
  await seedActivity((await seedConnection(db, integrationId, {})).id, 60, 0);
  for (const [at, { id }] of [contoso, fabrikam].entries()) {
    const mapping = await seedMapping(db, integrationId, id, {});
    const own = await seedConnection(db, integrationId, { mappingId: mapping.id });
    await seedActivity(own.id, 30, 100 * (at + 1));
  }
});
afterAll(() => db.close());

const list = (query: Partial<ActivityListQuery> = {}, who = admin) =>
  listActivityPage(testContext(db, who), integrationId, query);
const whose = ({ rows }: Awaited<ReturnType<typeof list>>) => [
  ...new Set(rows.map(({ organization }) => organization?.name ?? "default")),
];

describe("the activity of an integration", () => {
  it("gives every attempt once, newest first, page by page", async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ cursor });
      seen.push(...page.rows.map(({ id }) => id));
      const times = page.rows.map(({ occurredAt }) => occurredAt);
      expect(times).toEqual(times.toSorted().toReversed());
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(120);
    expect(new Set(seen).size).toBe(120);
  });

  it("says of a failure what happened, in our words and the service's", async () => {
    const [row] = (await list({ outcome: "failed" })).rows;
    expect(row).toMatchObject({
      outcome: "passing",
      reason: "due",
      durationMs: 120,
      what: "The service has trouble of its own.",
      quote: "server_error: Try later",
    });
  });

  it("is filtered by outcome and by whose connection it is", async () => {
    expect((await list({ outcome: "failed" })).rows).toHaveLength(40);
    expect((await list({ outcome: "client" })).rows).toHaveLength(0);
    const ofFabrikam = await list({ organization: fabrikam.id, outcome: "success" });
    expect(ofFabrikam.rows).toHaveLength(20);
    expect(whose(ofFabrikam)).toEqual(["Fabrikam"]);
    expect(whose(await list({ organization: "default" }))).toEqual(["default"]);
  });

  it("is to a managed organization its own connection's alone", async () => {
    expect(whose(await list({}, ofContoso))).toEqual(["Contoso"]);
    expect((await list({ organization: fabrikam.id }, ofContoso)).rows).toEqual([]);
    expect((await list({ organization: "default" }, ofContoso)).rows).toEqual([]);
  });
});
