import { upsertMapping } from "@/lib/mappings/upsert-mapping";
import { seedOrganization, testContext } from "@/test/context";
import type { Measurement, Pace } from "./measurement";
import type { Bed } from "./read-integration";

const AT_ONCE = 64;

/** Many callers write one mapping at once: each is answered, and there is one row. The ratio is the share of rounds so. */
export async function measureUpserts({ db }: Bed, { rounds }: Pace): Promise<Measurement> {
  const measured: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { id: organizationId } = await seedOrganization(db);
    const outcomes = await Promise.allSettled(
      Array.from({ length: AT_ONCE }, (_, index) =>
        upsertMapping(testContext(db), {
          integrationName: "Service_0007",
          organizationId,
          entityId: `entity-${index}`,
          config: { timeout: index },
        }),
      ),
    );
    const answered = outcomes.filter(({ status }) => status === "fulfilled").length;
    const rows = await db.prisma.mapping.count({ where: { organizationId } });
    const values = await db.prisma.configValue.count({ where: { mapping: { organizationId } } });
    measured.push(rows === 1 && values === 1 ? answered : 0);
  }
  return {
    name: `${AT_ONCE} upserts of one mapping at once: answered without error, one row`,
    ratio: Math.min(...measured) / AT_ONCE,
    limit: 1,
    bound: "atLeast",
    unit: "answered",
    measured,
    reference: measured.map(() => AT_ONCE),
  };
}
