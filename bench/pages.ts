import { listIntegrations } from "@/lib/integrations/queries";
import { integrationListQuery } from "@/lib/integrations/schema";
import { listMappingRows } from "@/lib/mappings/list-mapping-rows";
import { MAPPING_FILTERS } from "@/lib/mappings/schema";
import { testContext } from "@/test/context";
import { interleave, type Measurement, median, type Pace } from "./measurement";
import type { Bed } from "./read-integration";

const LIMIT = 2;
type Page = (bed: Bed) => Promise<unknown>;

/** What the two screens ask the database for, on a large installation against one of a hundredth of its mappings. */
export async function measurePages(
  large: Bed,
  small: Bed,
  { rounds, roundMs }: Pace,
): Promise<Measurement[]> {
  const results: Measurement[] = [];
  for (const [name, page] of pages()) {
    // The median of many: a page of a millisecond that another process pushed aside for ten is no slow page.
    const timeMs = async (bed: Bed) => {
      const untilMs = performance.now() + roundMs / 4;
      const times: number[] = [];
      while (performance.now() < untilMs || times.length < 5) {
        const startedMs = performance.now();
        await page(bed);
        times.push(performance.now() - startedMs);
      }
      return Number(median(times).toFixed(3));
    };
    for (const bed of [large, small]) await timeMs(bed);
    const times = await interleave(
      rounds,
      () => timeMs(large),
      () => timeMs(small),
    );
    results.push({ name: `${name}: server time`, limit: LIMIT, bound: "atMost", unit: "ms", ...times });
  }
  return results;
}

function pages(): [string, Page][] {
  const integrations = (search: Record<string, string>): Page => {
    const query = integrationListQuery.parse(search);
    return ({ db }) => listIntegrations(testContext(db), query);
  };
  const ids = new Map<Bed, string>();
  const mappings =
    (search: object): Page =>
    async (bed) => {
      let id = ids.get(bed);
      if (id === undefined) {
        id = (await bed.db.prisma.integration.findFirstOrThrow({ where: { name: "Service_0007" } })).id;
        ids.set(bed, id);
      }
      return listMappingRows(testContext(bed.db), id, search);
    };
  return [
    ["Integrations, first page", integrations({})],
    ["Integrations, last page", integrations({ page: "1000" })],
    ["Integrations, by status", integrations({ sort: "status" })],
    ["Integrations, searched", integrations({ q: "Service_0007" })],
    ...MAPPING_FILTERS.map((filter): [string, Page] => [`Mappings, ${filter}`, mappings({ filter })]),
    ["Mappings, by status", mappings({ status: "active" })],
    ["Mappings, searched", mappings({ q: "Customer 00007" })],
    ["Mappings, searched by entity", mappings({ q: "entity-12" })],
    ["Mappings, last page", mappings({ page: 100_000 })],
  ];
}
