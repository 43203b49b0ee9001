import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { openDatabase } from "@/lib/db/client";
import { startPostgres } from "@/scripts/start/embedded-postgres.mjs";
import { migrate } from "@/scripts/start/migrate.mjs";
import { projectRoot } from "@/server/project-root";
import { testContext } from "@/test/context";
import { measureClicks } from "./clicks";
import { measureDueRead } from "./due-read";
import { measureFallingDue } from "./falling-due";
import { type Measurement, type Pace, passes } from "./measurement";
import { measurePages } from "./pages";
import { type Bed, measureAgainstBare, measureAtSize } from "./read-integration";
import { measureRefreshRate } from "./refresh";
import { seed, type Size } from "./seed";
import { measureUpserts } from "./upserts";

const FULL: Size = { integrations: 1_000, organizations: 10_000, mappings: 1_000_000 };
const HUNDREDTH: Size = { integrations: 100, organizations: 1_000, mappings: 10_000 };
const THOUSANDTH: Size = { integrations: 30, organizations: 300, mappings: 1_000 };

const isQuick = process.argv.includes("--quick");
const only = process.argv.find((argument) => argument.startsWith("--only="))?.slice("--only=".length);
const [large, small] = isQuick ? [HUNDREDTH, THOUSANDTH] : [FULL, HUNDREDTH];
/** Connections: refreshed in each round of the rate; falling due at once. */
const due = isQuick ? { rate: 1_000, atOnce: 5_000 } : { rate: 5_000, atOnce: 100_000 };
const READS = ["bare", "size", "pages", "clicks", "upserts"];
const pace: Pace = isQuick ? { rounds: 3, roundMs: 1_000 } : { rounds: 5, roundMs: 4_000 };

/**
 * `npm run bench`: every benchmark is a ratio against its limit in the same run, and one beyond its limit fails it. `--quick`
 * is a tenth of the sizes and short rounds, to look at while changing something.
 */
async function main(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), "bifrost-bench-"));
  const postgres = await startPostgres(dataDir);
  const beds: Bed[] = [];
  try {
    await migrate(projectRoot(), postgres.url, () => undefined);
    const open = async (name: string, size: Size): Promise<Bed> => {
      const bed = await makeBed(postgres.url, name, size);
      beds.push(bed);
      return bed;
    };
    const results: Measurement[] = [];
    const wants = (name: string) => only === undefined || only === name;
    if (READS.some(wants)) {
      const smallBed = await open("small", small);
      const largeBed =
        wants("size") || wants("pages") || wants("clicks") || isQuick ? await open("large", large) : smallBed;
      const hundredth = isQuick ? largeBed : smallBed;
      if (wants("bare")) results.push(...(await measureAgainstBare(hundredth, pace)));
      if (wants("size")) results.push(...(await measureAtSize(largeBed, smallBed, pace)));
      if (wants("pages")) results.push(...(await measurePages(largeBed, smallBed, pace)));
      if (wants("clicks") && !isQuick) results.push(await measureClicks(largeBed, pace));
      if (wants("upserts")) results.push(await measureUpserts(hundredth, pace));
    }
    const makeDatabase = (name: string) => copyDatabase(postgres.url, name);
    if (wants("refresh")) results.push(await measureRefreshRate(makeDatabase, pace, due.rate));
    if (wants("due")) results.push(...(await measureFallingDue(makeDatabase, due.atOnce)));
    if (wants("due-read")) results.push(await measureDueRead(makeDatabase, pace));
    report(results);
  } finally {
    for (const { db } of beds) await db.close();
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** A migrated, empty database of its own. */
async function copyDatabase(serverUrl: string, name: string): Promise<string> {
  const url = new URL(serverUrl);
  const template = url.pathname.slice(1);
  url.pathname = "/postgres";
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  await admin.query(`CREATE DATABASE "bench_${name}" TEMPLATE "${template}"`);
  await admin.end();
  url.pathname = `/bench_${name}`;
  return url.href;
}

async function makeBed(serverUrl: string, name: string, size: Size): Promise<Bed> {
  const startedMs = Date.now();
  const url = await copyDatabase(serverUrl, name);
  const db = openDatabase(url);
  const seeded = await seed(db, url, testContext(db).keyring, size);
  const { integrations, organizations, mappings } = size;
  console.log(
    `seeded ${integrations} integrations × ${organizations} organizations × ${mappings} mappings in ${((Date.now() - startedMs) / 1_000).toFixed(0)} s`,
  );
  return { db, url, seeded };
}

/** Full runs are kept, each measurement until it is taken anew. */
function report(results: Measurement[]): void {
  if (!isQuick) {
    const path = join(projectRoot(), "bench/results.json");
    const text = existsSync(path) ? readFileSync(path, "utf8") : '{"results":[]}';
    const kept = JSON.parse(text) as { results: Measurement[] };
    const names = new Set(results.map(({ name }) => name));
    const measuredAt = new Date().toISOString();
    const all = [
      ...kept.results.filter(({ name }) => !names.has(name)),
      ...results.map((result) => ({ ...result, measuredAt })),
    ];
    writeFileSync(path, `${JSON.stringify({ node: process.version, results: all }, null, 2)}\n`);
  }
  for (const result of results) {
    const { name, ratio, limit, bound, unit, measured, reference } = result;
    const verdict = passes(result) ? "ok  " : "FAIL";
    console.log(`${verdict} ${ratio.toFixed(2)} (${bound === "atLeast" ? "≥" : "≤"} ${limit}) ${name}`);
    console.log(`     ${measured.join(" ")} ${unit}, against ${reference.join(" ")} ${unit}`);
  }
  if (!results.every(passes)) process.exitCode = 1;
}

await main();
