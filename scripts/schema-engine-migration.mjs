// The WebAssembly engine cannot make its own next migration (it finds no shadow database there), but the difference
// between the migrations and the schema, which it can tell, is the same thing.

/** @typedef {(method: string, params: unknown) => Promise<unknown>} Ask */

/** Where rows or values may go. */
const LOSSES = /\b(DROP TABLE|DROP COLUMN|DROP TYPE|SET DATA TYPE)\b/;

/**
 * @param {Ask} ask
 * @param {unknown} params
 * @returns {Promise<import("@prisma/schema-engine-wasm").EvaluateDataLossOutput>}
 */
export async function evaluateDataLoss(ask, params) {
  const script = await nextScript(ask, params);
  const statements = script.split(/;\s*(?:\n|$)/).filter((statement) => statement.trim() !== "");
  const warnings = statements.flatMap((statement, stepIndex) =>
    LOSSES.test(statement) ? [{ stepIndex, message: `Data may be lost: ${withoutComments(statement)}` }] : [],
  );
  return { migrationSteps: statements.length, unexecutableSteps: [], warnings };
}

/**
 * @param {Ask} ask
 * @param {unknown} params
 * @returns {Promise<import("@prisma/schema-engine-wasm").CreateMigrationOutput>}
 */
export async function createMigration(ask, params) {
  const { migrationName, draft } = /** @type {import("@prisma/schema-engine-wasm").CreateMigrationInput} */ (
    params
  );
  const script = await nextScript(ask, params);
  const time = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  return {
    connectorType: "postgresql",
    generatedMigrationName: `${time}_${migrationName
      .trim()
      .replace(/[^A-Za-z0-9]+/g, "_")
      .slice(0, 200)}`,
    migrationScript: script !== "" ? script : draft ? "-- This is an empty migration." : null,
    extension: "sql",
  };
}

/** @param {Ask} ask @param {unknown} params @returns {Promise<string>} "" when there is nothing to do */
async function nextScript(ask, params) {
  const { migrationsList, schema, filters } =
    /** @type {import("@prisma/schema-engine-wasm").CreateMigrationInput} */ (params);
  const result = await ask("diff", {
    from: { tag: "migrations", ...migrationsList },
    to: { tag: "schemaDatamodel", ...schema },
    script: true,
    exitCode: true,
    filters,
  });
  const { exitCode, stdout } = /** @type {import("@prisma/schema-engine-wasm").DiffResult} */ (result);
  return exitCode === 0 ? "" : (stdout ?? "");
}

/** @param {string} statement */
function withoutComments(statement) {
  return statement
    .replace(/^--.*$/gm, "")
    .replace(/\s+/g, " ")
    .trim();
}
