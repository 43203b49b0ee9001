import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "@/lib/db/client";
import { projectRoot } from "@/server/project-root";
import { migrate } from "@/scripts/start/migrate.mjs";
import { startPostgres } from "@/scripts/start/embedded-postgres.mjs";
import { measureReadIntegration } from "./read-integration";

/** Every benchmark is a ratio against its limit in the same run; one below its limit fails the run. */
async function main(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), "bifrost-bench-"));
  const postgres = await startPostgres(dataDir);
  try {
    await migrate(projectRoot(), postgres.url, () => undefined);
    const db = openDatabase(postgres.url);
    const results = [await measureReadIntegration(db, postgres.url)];
    await db.close();
    const folder = join(projectRoot(), "bench");
    mkdirSync(folder, { recursive: true });
    const report = { measuredAt: new Date().toISOString(), node: process.version, results };
    writeFileSync(join(folder, "results.json"), `${JSON.stringify(report, null, 2)}\n`);
    for (const { name, ratio, limit, measured, bare } of results) {
      const verdict = ratio >= limit ? "ok  " : "FAIL";
      console.log(`${verdict} ${ratio.toFixed(2)} (limit ${limit}) ${name}`);
      console.log(`     ours ${measured.join(" ")} /s, bare ${bare.join(" ")} /s`);
    }
    if (results.some(({ ratio, limit }) => ratio < limit)) process.exitCode = 1;
  } finally {
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

await main();
