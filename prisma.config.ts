import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { defineConfig } from "prisma/config";

import { loadEnvFile } from "./scripts/start/settings.mjs";

const root = fileURLToPath(new URL(".", import.meta.url));
loadEnvFile(root);

// The CLI would download its native engine here; see docs/adr/0003-migration-engine-without-a-download.md.
process.env["PRISMA_SCHEMA_ENGINE_BINARY"] = resolve(root, "scripts/schema-engine.mjs");
process.env["PRISMA_HIDE_UPDATE_MESSAGE"] = "1";
process.env["CHECKPOINT_DISABLE"] = "1";

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env["DATABASE_URL"] || embeddedUrl() },
});

/** Nothing answers at this address: the engine sees the parameter and runs the embedded database for its call. */
function embeddedUrl(): string {
  const dataDir = resolve(root, process.env["BIFROST_DATA_DIR"] || ".bifrost");
  return `postgresql://embedded/bifrost?bifrost_data_dir=${encodeURIComponent(dataDir)}`;
}
