// Who may import whom. docs/ARCHITECTURE.md has the picture; a breach fails `npm test`.
const { readFileSync, readdirSync } = require("node:fs");
const { join } = require("node:path");

const NOUNS =
  "(integrations|connections|mappings|config|definitions|refresh|health|organizations|users|api-keys|webhooks|workflows|executions|sdk-generation|presets)";
const NOUN_FILE = `^lib/${NOUNS}/`;
const TEST = "\\.(test|db\\.test)\\.tsx?$|^(test|e2e|bench)/";
const BROWSER_SAFE_OF_LIB = `^lib/${NOUNS}/rules\\.ts$|^lib/errors\\.ts$|^lib/auth/(actor|permissions|password-policy)\\.ts$`;

/** Files that begin with "use client": Next sends them, and whatever they import, to the browser. */
const clientFiles = ["app", "components"].flatMap((folder) =>
  listClientFiles(join(__dirname, folder), folder),
);

function listClientFiles(folder, path) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = join(folder, entry.name);
    if (entry.isDirectory()) return listClientFiles(full, `${path}/${entry.name}`);
    return /\.tsx?$/.test(entry.name) && /^\s*["']use client["']/.test(readFileSync(full, "utf8"))
      ? [`${path}/${entry.name}`]
      : [];
  });
}

const NAMES = /^(schema|rules|queries|[a-z]+(-[a-z0-9]+)+)(\.db)?(\.test)?\.ts$/;
const DRAWER = /^(utils?|helpers?|misc|common|shared|index)(\.|$)/;

/** Names that the house does not have. `lib/presets` is a table, a file for each service. */
const strayFiles = ["app", "components", "lib", "server", "scripts"].flatMap((folder) =>
  listStrayFiles(folder),
);

function listStrayFiles(folder) {
  return readdirSync(join(__dirname, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (path === "lib/db/generated") return [];
    if (entry.isDirectory()) return listStrayFiles(path);
    const isNounFile = new RegExp(NOUN_FILE).test(path) && !path.startsWith("lib/presets/");
    const isStray =
      path.split("/").some((part) => DRAWER.test(part)) ||
      (isNounFile && !NAMES.test(entry.name) && !entry.name.includes(".test."));
    return isStray ? [path] : [];
  });
}

const escape = (path) => `^${path.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`;

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: { pathNot: "^lib/db/generated" },
      to: { circular: true, viaOnly: { pathNot: "^lib/db/generated", dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "nothing-imports-app",
      severity: "error",
      from: { pathNot: `^app/|${TEST}|^proxy\\.ts$` },
      to: { path: "^app/" },
    },
    {
      name: "app",
      comment: "app → components, lib",
      severity: "error",
      from: { path: "^app/", pathNot: TEST },
      to: { path: "^(server|sdk|scripts|prisma|test|e2e|bench)/" },
    },
    {
      name: "components",
      comment:
        "components → components, rules.ts of nouns; of schema.ts its types alone, which zod does not follow",
      severity: "error",
      from: { path: "^components/", pathNot: TEST },
      to: {
        path: "^(lib|server|sdk|scripts|prisma|test|e2e|bench)/",
        pathNot: BROWSER_SAFE_OF_LIB,
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "client-components",
      comment: "what reaches the browser imports only rules.ts, components and server actions",
      severity: "error",
      from: { path: clientFiles.map(escape) },
      to: {
        path: "^(lib|server|sdk|scripts|prisma)/",
        pathNot: BROWSER_SAFE_OF_LIB,
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "server",
      comment: "server → lib",
      severity: "error",
      from: { path: "^server/", pathNot: TEST },
      to: { path: "^(app|components|sdk|scripts|prisma|test|e2e|bench)/" },
    },
    {
      name: "lib",
      severity: "error",
      from: { path: "^lib/", pathNot: TEST },
      to: { path: "^(app|components|server|sdk|scripts|prisma|test|e2e|bench)/" },
    },
    {
      name: "nouns",
      comment: "nouns → other nouns' queries.ts, rules.ts, schema.ts",
      severity: "error",
      from: { path: NOUN_FILE, pathNot: `${TEST}|^lib/(definitions|refresh)/` },
      to: {
        path: NOUN_FILE,
        pathNot: [
          `^lib/$1/`,
          `^lib/${NOUNS}/(queries|rules|schema)\\.ts$`,
          "^lib/presets/list-presets\\.ts$",
          // What an edit of values means for the tokens is decided in one place.
          "^lib/connections/(follow-values|demand-new-consent)\\.ts$",
        ],
      },
    },
    {
      name: "definitions",
      comment: "a definition is an integration with its config: it is imported by the verbs of both",
      severity: "error",
      from: { path: "^lib/definitions/", pathNot: TEST },
      to: {
        path: NOUN_FILE,
        pathNot: [
          "^lib/(definitions|integrations|config)/",
          `^lib/${NOUNS}/(queries|rules|schema)\\.ts$`,
          "^lib/presets/list-presets\\.ts$",
        ],
      },
    },
    {
      name: "refresh",
      comment: "the refresh engine stands on connections, and a fresh read on the read of an integration",
      severity: "error",
      from: { path: "^lib/refresh/", pathNot: TEST },
      to: {
        path: NOUN_FILE,
        pathNot: ["^lib/(refresh|connections|integrations)/", `^lib/${NOUNS}/(queries|rules|schema)\\.ts$`],
      },
    },
    {
      name: "mechanisms",
      comment: "mechanisms know no nouns",
      severity: "error",
      from: { path: "^lib/(oauth|crypto|egress|auth|audit|db|jobs)/", pathNot: TEST },
      to: { path: NOUN_FILE },
    },
    {
      name: "mechanisms-without-database",
      severity: "error",
      from: { path: "^lib/(oauth|crypto|egress)/", pathNot: TEST },
      to: { path: "^lib/(db|auth|audit|jobs)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "database-knows-nothing",
      severity: "error",
      from: { path: "^lib/db/", pathNot: TEST },
      to: { path: "^lib/(oauth|crypto|egress|auth|audit|jobs)/" },
    },
    {
      name: "prisma",
      comment: "only lib/db, auth, audit, jobs and nouns touch Prisma",
      severity: "error",
      from: {
        pathNot: [
          `^lib/(db|auth|audit|jobs)/`,
          NOUN_FILE,
          TEST,
          "^prisma\\.config\\.ts$",
          "^scripts/schema-engine",
        ],
      },
      to: { path: "^lib/db/generated/|^node_modules/@prisma/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "oauth",
      comment: "lib/oauth knows neither Prisma nor Next",
      severity: "error",
      from: { path: "^lib/oauth/" },
      to: { path: "^node_modules/(@prisma|prisma|next|next-auth|react)/" },
    },
    {
      name: "sdk",
      comment: "sdk imports nothing of ours, and no package",
      severity: "error",
      from: { path: "^sdk/", pathNot: TEST },
      to: { pathNot: "^sdk/", dependencyTypesNot: ["core"] },
    },
    {
      name: "before-install",
      comment: "runs before anything is installed",
      severity: "error",
      from: {
        path: "^scripts/(start|bifrost|test)\\.mjs$|^scripts/start/(install|lock|process|settings)\\.mjs$",
      },
      to: { pathNot: "^scripts/", dependencyTypesNot: ["core"] },
    },
    ...strayFiles.map((path) => ({
      name: "noun-files",
      comment:
        "a closed set of file names: schema.ts, rules.ts, queries.ts, <verb>-<noun>.ts and their tests; no utils, helpers, misc, no barrels",
      severity: "error",
      from: { path: escape(path) },
      to: {},
    })),
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules|^lib/db/generated" },
    exclude: { path: "^(\\.next|dist|\\.bifrost|sdk/dist)/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
