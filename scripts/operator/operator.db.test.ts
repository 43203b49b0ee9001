import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { generateKeyringText } from "@/lib/crypto/keyring";
import { seedProvider } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedIntegration, seedMapping, seedValue } from "@/test/integrations";

const root = resolve(import.meta.dirname, "../..");
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let providerId: string;
const keys = { BIFROST_ENCRYPTION_KEYS: generateKeyringText(), AUTH_SECRET: "x".repeat(40) };

beforeAll(async () => {
  database = await openTestDatabase();
  providerId = (await seedProvider(database)).id;
});
afterAll(async () => {
  await database.close();
});

describe("with --json a command prints one object", () => {
  test("organization create", async () => {
    const { code, stdout } = await bifrost("organization", "create", "--name", "Contoso", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ id: expect.any(String), name: "Contoso", kind: "managed" });
  });

  test("user create, with a link that sets the password", async () => {
    const args = [
      "--email",
      "Tess@Example.com",
      "--role",
      "technician",
      "--organization",
      providerId,
      "--json",
    ];
    const { stdout } = await bifrost("user", "create", ...args);
    expect(JSON.parse(stdout)).toMatchObject({
      email: "tess@example.com",
      role: "technician",
      organization_id: providerId,
      setup_url: expect.stringMatching(/^http:\/\/localhost:3000\/setup\/[\w-]{43}$/),
    });
  });

  test("api-key create, of the provider organization unless named", async () => {
    const args = ["--name", "script", "--permission", "integrations:read", "credentials:read", "--json"];
    const { stdout } = await bifrost("api-key", "create", ...args);
    expect(JSON.parse(stdout)).toMatchObject({
      organization_id: providerId,
      key: expect.stringMatching(/^bfr_/),
    });
  });

  test("api-key create, limited to integrations and organizations and until a day", async () => {
    const { prisma } = database;
    const tailspin = await prisma.organization.create({ data: { name: "Tailspin" } });
    await seedIntegration(database, { name: "Limit_Graph" });
    const own = await seedIntegration(database, { name: "Limit_Graph", organizationId: tailspin.id });
    const args = ["--name", "limited", "--permission", "integrations:read", "--json"];
    const limits = ["--integration", "Limit_Graph", "--expires", "2099-01-31"];

    const provider = await bifrost(
      "api-key",
      "create",
      ...args,
      ...limits,
      "--limit-organization",
      tailspin.id,
      providerId,
    );
    expect(JSON.parse(provider.stdout)).toMatchObject({
      integrations: ["Limit_Graph"],
      organizations: expect.arrayContaining(["Tailspin"]),
      expires_at: "2099-01-31T00:00:00.000Z",
    });

    const managed = await bifrost("api-key", "create", ...args, ...limits, "--organization", tailspin.id);
    const { id } = JSON.parse(managed.stdout) as { id: string };
    const limitedTo = await prisma.apiKeyIntegration.findMany({ where: { apiKeyId: id } });
    expect(limitedTo.map(({ integrationId }) => integrationId)).toEqual([own.id]);

    const unknown = await bifrost("api-key", "create", ...args, "--integration", "Nothing");
    expect(unknown.code).toBe(1);
    expect(JSON.parse(unknown.stdout)).toMatchObject({
      error: { code: "validation_failed", message: expect.stringContaining("no integration Nothing") },
    });
    const never = await bifrost("api-key", "create", ...args, "--expires", "2099-02-31");
    expect(JSON.parse(never.stdout)).toMatchObject({
      error: { code: "validation_failed", message: expect.stringContaining("2099-02-31 is no date") },
    });
    expect(await prisma.apiKey.count({ where: { name: "limited" } })).toBe(2);
  });

  test("a failure, with a code and words, and exit code 1", async () => {
    await bifrost("organization", "create", "--name", "Fabrikam");
    const { code, stdout } = await bifrost("organization", "create", "--name", "FABRIKAM", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      error: { code: "conflict", message: expect.stringContaining("Choose another") },
    });
  });
});

describe("integration", () => {
  const folder = mkdtempSync(join(tmpdir(), "bifrost-definitions-"));
  const file = join(folder, "graph.yaml");
  const text = [
    "bifrost: integration/v1",
    "name: Graph",
    "oauth:",
    "  flow_type: client_credentials",
    "  client_id: abc",
    "  token_url: https://login.example.com/token",
    "",
  ].join("\n");
  afterAll(() => rmSync(folder, { recursive: true }));

  test("import says what would change and how to apply it; with --yes it does; export gives it back", async () => {
    writeFileSync(file, text);
    const preview = await bifrost("integration", "import", "--file", file);
    expect(preview).toMatchObject({ code: 0, stderr: "" });
    expect(preview.stdout).toContain("Creates Graph (Global).");
    expect(preview.stdout).toContain("+ oauth.token_url: https://login.example.com/token");
    expect(preview.stdout).toContain("Enter the Client Secret.");
    expect(preview.stdout).toContain("Nothing was changed. Import it by the same command with --yes.");
    expect((await bifrost("integration", "export", "--name", "Graph")).code).toBe(1);

    const imported = await bifrost("integration", "import", "--file", file, "--yes", "--json");
    expect(JSON.parse(imported.stdout)).toMatchObject({
      imported: true,
      id: expect.any(String),
      act: "create",
      by_hand: ["Enter the Client Secret."],
    });
    const exported = await bifrost("integration", "export", "--name", "Graph");
    expect(exported.stdout).toContain("bifrost: integration/v1");
    writeFileSync(file, exported.stdout);
    const again = await bifrost("integration", "import", "--file", file, "--json");
    expect(JSON.parse(again.stdout)).toMatchObject({ imported: false, act: "none", changes: [] });
  });

  test("import drops what its preview said, by the word given for it, and nothing more", async () => {
    const bare = join(folder, "bare.yaml");
    writeFileSync(bare, "bifrost: integration/v1\nname: Shrinks\n");
    const { id: integrationId } = await seedIntegration(database, { name: "Shrinks" });
    await seedValue(database, integrationId, { key: "timeout", value: "30" });
    const importBare = (...flags: string[]) =>
      bifrost("integration", "import", "--file", bare, "--json", ...flags);
    const preview = JSON.parse((await importBare()).stdout) as { accept_drops: string; drops: string[] };
    expect(preview.drops).toEqual(["Removing timeout drops 1 value (the default)."]);
    expect((await importBare("--yes", "--accept-drops")).code).toBe(1);

    const { id: organizationId } = await database.prisma.organization.create({ data: { name: "Wingtip" } });
    const { id: mappingId } = await seedMapping(database, integrationId, organizationId);
    await seedValue(database, integrationId, { key: "timeout", value: "60", mappingId });
    const refused = await importBare("--yes", "--accept-drops", preview.accept_drops);
    const { error } = JSON.parse(refused.stdout) as { error: { code: string; message: string } };
    expect(error.code).toBe("conflict");
    expect(error.message).toContain("drops 2 values (the default and in 1 organization)");
    expect(await database.prisma.configValue.count({ where: { integrationId } })).toBe(2);

    const word = /--accept-drops (\w+)/.exec(error.message)?.[1] ?? "";
    expect(JSON.parse((await importBare("--yes", "--accept-drops", word)).stdout)).toMatchObject({
      imported: true,
    });
    expect(await database.prisma.configValue.count({ where: { integrationId } })).toBe(0);
  });

  test("import tells a mistake by line, and a file that is not there by name", async () => {
    writeFileSync(file, `${text}colour: red\n`);
    const { code, stderr } = await bifrost("integration", "import", "--file", file, "--yes");
    expect(code).toBe(1);
    expect(stderr.trim()).toBe(
      "Line 7, colour: There is no setting “colour” here. Correct the name, or take it out.",
    );
    const missing = await bifrost("integration", "import", "--file", join(folder, "none.yaml"));
    expect(missing.stderr).toContain("none.yaml");
    expect((await bifrost("integration", "import", "--file", folder)).stderr).toContain("Cannot read");
  });
});

test("a missing option is one line and exit code 2", async () => {
  const { code, stderr } = await bifrost("api-key", "create");
  expect(code).toBe(2);
  expect(stderr.trim()).toBe("required option '--name <name>' not specified");
});

test("a database that is gone is one line", async () => {
  const gone = { DATABASE_URL: "postgresql://u:p@127.0.0.1:1/x" };
  const { code, stderr } = await bifrostWith(gone, "organization", "create", "--name", "Nobody");
  expect(code).toBe(1);
  expect(stderr.trim()).toBe("Cannot reach PostgreSQL at 127.0.0.1:1. Check that it runs, and DATABASE_URL.");
});

describe("doctor", () => {
  test("finds nothing in the way of a healthy server", async () => {
    const { code, stdout } = await bifrost("doctor", "--json");
    const report = JSON.parse(stdout) as { ok: boolean; checks: { name: string; status: string }[] };
    expect(report.checks.filter(({ status }) => status === "fail")).toEqual([]);
    expect({ code, ok: report.ok }).toEqual({ code: 0, ok: true });
  });

  test("tells keys that do not open what is stored, and a database that is gone, with what to do", async () => {
    const wrong = await bifrostWith({ BIFROST_ENCRYPTION_KEYS: generateKeyringText() }, "doctor", "--json");
    expect(failures(wrong.stdout)).toEqual([
      {
        name: "Encryption keys",
        status: "fail",
        message: expect.any(String),
        action: expect.stringContaining("BIFROST_ENCRYPTION_KEYS"),
      },
    ]);
    const gone = await bifrostWith({ DATABASE_URL: "postgresql://u:p@127.0.0.1:1/x" }, "doctor", "--json");
    expect(failures(gone.stdout)).toMatchObject([
      { name: "Database", action: expect.stringContaining("DATABASE_URL") },
    ]);
    expect(gone.code).toBe(1);
  });

  test("names the records that a lost key leaves closed, although the installation's own text opens", async () => {
    const { id } = await seedIntegration(database, { name: "Lost_Graph", oauth: { sealWith: "unknown" } });
    const { code, stdout } = await bifrost("doctor", "--json");
    await database.prisma.integration.delete({ where: { id } });
    expect(failures(stdout)).toEqual([
      {
        name: "Encryption keys",
        status: "fail",
        message:
          'they do not open everything. OAuthClient.clientSecret: 1 sealed with "lost", which is not in the list (Lost_Graph)',
        action: expect.stringContaining('Add "lost" back to BIFROST_ENCRYPTION_KEYS.'),
      },
    ]);
    expect(code).toBe(1);
  });

  test("tells a wrong setting", async () => {
    const { stdout } = await bifrostWith({ BIFROST_URL: "example.com" }, "doctor", "--json");
    expect(failures(stdout)).toMatchObject([
      { name: "Settings", message: expect.stringContaining("BIFROST_URL") },
    ]);
  });
});

function failures(stdout: string): { status: string }[] {
  const { checks } = JSON.parse(stdout) as { checks: { status: string }[] };
  return checks.filter(({ status }) => status === "fail");
}

const bifrost = (...args: string[]) => bifrostWith({}, ...args);

function bifrostWith(
  env: Record<string, string>,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      ["--import", "tsx", join(root, "scripts/operator/main.ts"), ...args],
      {
        cwd: root,
        env: {
          PATH: process.env["PATH"] ?? "",
          NODE_ENV: "test",
          DATABASE_URL: database.url,
          PORT: "3000",
          ...keys,
          ...env,
        },
      },
      (error, stdout, stderr) => done({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}
