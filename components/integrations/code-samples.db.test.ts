import { execFile, spawnSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CodeSample, codeSamples, type SampleFacts } from "@/components/integrations/code-samples";
import { type ApiServer, seedApiKey, startApiServer } from "@/test/api-server";
import { seedProvider } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { seedConnection, seedIntegration, seedValue } from "@/test/integrations";

const run = promisify(execFile);
const hasPython = spawnSync("python3", ["--version"]).status === 0;

/** What each kind of integration's sample prints, whatever its language. */
const USERS = /"value":\s*\[\s*"Ada",\s*"Grace"\s*\]/;
const variants = [
  { title: "that the SDK may ask", name: "Listed_Host", asks: true, sdkMayFetch: true, prints: USERS },
  { title: "that the SDK may not ask", name: "Other_Host", asks: true, sdkMayFetch: false, prints: USERS },
  {
    title: "without a test URL",
    name: "No_Test",
    asks: false,
    sdkMayFetch: false,
    prints: /The token ends 2\d{3}-|"expires_at":"2\d{3}-/,
  },
  {
    title: "without OAuth",
    name: "No_OAuth",
    asks: false,
    sdkMayFetch: false,
    prints: /api\.example\.com/,
  },
];
type Variant = (typeof variants)[number];

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let server: ApiServer;
let users: Server;
let usersHost: string;
let folder: string;
let key: string;

beforeAll(async () => {
  db = await openTestDatabase();
  server = await startApiServer(db);
  users = createServer((request, response) => {
    const isAllowed = request.headers.authorization === "Bearer access-token";
    response.writeHead(isAllowed ? 200 : 401, { "content-type": "application/json" });
    response.end(JSON.stringify({ value: isAllowed ? ["Ada", "Grace"] : [] }));
  });
  await new Promise<void>((resolve) => users.listen(0, "127.0.0.1", resolve));
  usersHost = `127.0.0.1:${(users.address() as AddressInfo).port}`;
  key = (await seedApiKey(db, (await seedProvider(db)).id)).key;
  for (const { name, sdkMayFetch } of variants) {
    const oauth = name === "No_OAuth" ? {} : { oauth: {} };
    const { id } = await seedIntegration(db, { name, apiHosts: sdkMayFetch ? [usersHost] : [], ...oauth });
    if (name !== "No_OAuth") await seedConnection(db, id, {});
    await seedValue(db, id, { key: "base_url", value: "https://api.example.com" });
  }
  folder = await mkdtemp(join(tmpdir(), "bifrost-samples-"));
  const installed = join(folder, "node_modules", "bifrost");
  await mkdir(installed, { recursive: true });
  await copyFile("sdk/package.json", join(installed, "package.json"));
  const tsc = "node_modules/typescript/bin/tsc";
  await run(process.execPath, [tsc, "-p", "sdk", "--outDir", join(installed, "dist")]);
});
afterAll(async () => {
  users.close();
  await server.close();
  await db.close();
  await rm(folder, { recursive: true, force: true });
});

function sampleOf({ name, asks, sdkMayFetch }: Variant, language: string): CodeSample {
  const facts: SampleFacts = {
    publicUrl: server.url,
    apiKey: key,
    name,
    apiUrl: asks ? `http://${usersHost}/v1.0/users?$top=5` : null,
    sdkMayFetch,
    usesOAuth: name !== "No_OAuth",
  };
  const sample = codeSamples(facts).find((each) => each.language === language);
  if (!sample) throw new Error(`There is no sample in ${language}.`);
  return sample;
}

/** Does what the sample says, the package being there already: its own test installs it from the server. */
async function runSample({ language, setup, code }: CodeSample): Promise<string> {
  const commands = [setup.replace(/^npm install .*$/m, "")];
  if (language === "curl") commands.push(code);
  else {
    const file = language === "Python" ? "script.py" : "script.mjs";
    await writeFile(join(folder, file), code);
    commands.push(`${language === "Python" ? "python3" : "node"} ${file}`);
  }
  const PATH = `${dirname(process.execPath)}:${process.env["PATH"]}`;
  const env = { PATH, HOME: process.env["HOME"], NODE_ENV: "production" as const };
  return (await run("sh", ["-ec", commands.join("\n")], { cwd: folder, env })).stdout;
}

describe("the samples of Use it, pasted against a running server", () => {
  const pasted = variants.flatMap((variant) =>
    ["TypeScript", "curl", "Python"].map((language) => ({ ...variant, language })),
  );

  it.for(pasted)("$language works for an integration $title", async (variant, { skip }) => {
    if (variant.language === "Python") skip(!hasPython, "there is no python3 here");
    expect(await runSample(sampleOf(variant, variant.language))).toMatch(variant.prints);
  });

  it("compile against the package, all that are TypeScript", async () => {
    const files = variants.map(({ name }) => `${name}.mts`);
    for (const variant of variants)
      await writeFile(join(folder, `${variant.name}.mts`), sampleOf(variant, "TypeScript").code);
    const tsc = join(process.cwd(), "node_modules/typescript/bin/tsc");
    const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2023"];
    const outcome = await run(process.execPath, [tsc, ...options, ...files], { cwd: folder }).catch(
      (error: { stdout: string }) => error,
    );
    expect(outcome.stdout).toBe("");
  });

  it.each(variants)("PowerShell reads what the answer has, for an integration $title", async (variant) => {
    const { code } = sampleOf(variant, "PowerShell");
    const response = await fetch(`${server.url}/api/v1/integrations/${variant.name}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const answer: unknown = await response.json();
    const paths = [...code.matchAll(/\$[a-z]+\.([a-z_.]+)/gi)].map(([, path]) => path ?? "");
    expect(paths).not.toEqual([]);
    for (const path of paths) expect(answer).toHaveProperty(path);
  });
});
