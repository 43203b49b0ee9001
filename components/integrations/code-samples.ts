import type { IntegrationView } from "@/lib/integrations/schema";

export interface SampleFacts {
  publicUrl: string;
  /** The key just created, or null: its place is then marked. */
  apiKey: string | null;
  name: string;
  /** What the script asks the service; null: it shows what Bifrost gives instead. */
  apiUrl: string | null;
  /** The SDK may send the token to that URL's host by itself. */
  sdkMayFetch: boolean;
  usesOAuth: boolean;
}

export interface CodeSample {
  language: string;
  /** Commands before the script; shown as a block of their own. */
  setup: string;
  /** What becomes of the script, in words. */
  how: string;
  code: string;
}

const KEY_PLACE = "paste-your-api-key-here";

export function sampleFacts(view: IntegrationView, publicUrl: string, apiKey: string | null): SampleFacts {
  const apiUrl = view.testUrl && !view.testUrl.includes("{") ? view.testUrl : null;
  const baseUrl = view.configFields.find((field) => field.key === "base_url")?.value ?? null;
  const host = apiUrl && URL.parse(apiUrl)?.host;
  const hosts = [...view.apiHosts, baseUrl && URL.parse(baseUrl)?.host];
  return {
    publicUrl,
    apiKey,
    name: view.name,
    apiUrl,
    sdkMayFetch: Boolean(host) && hosts.includes(host),
    usesOAuth: view.oauth !== null,
  };
}

/** The same call in four languages, each complete: paste it, and it runs. */
export function codeSamples(facts: SampleFacts): CodeSample[] {
  return [typeScript(facts), curl(facts), python(facts), powerShell(facts)];
}

function typeScript({ publicUrl, apiKey, name, apiUrl, sdkMayFetch, usesOAuth }: SampleFacts): CodeSample {
  const variable = variableOf(name);
  const call = sdkMayFetch
    ? `const response = await ${variable}.fetch(${JSON.stringify(apiUrl)});`
    : `const response = await fetch(${JSON.stringify(apiUrl)}, {\n  headers: { Authorization: \`Bearer \${${variable}.oauth?.accessToken}\` },\n});`;
  return {
    language: "TypeScript",
    setup: [
      `export BIFROST_URL=${shell(publicUrl)}`,
      `export BIFROST_API_KEY=${shell(apiKey ?? KEY_PLACE)}`,
      "npm install $BIFROST_URL/sdk/bifrost.tgz",
    ].join("\n"),
    how: "Save it as script.mjs beside node_modules, then run: node script.mjs",
    code: [
      'import { integrations } from "bifrost";',
      "",
      `const ${variable} = await integrations.require(${JSON.stringify(name)});`,
      ...(apiUrl && usesOAuth
        ? [call, "console.log(JSON.stringify(await response.json(), null, 2));"]
        : [
            usesOAuth
              ? `console.log("The token ends", ${variable}.oauth?.expiresAt);`
              : `console.log(${variable}.config);`,
          ]),
    ].join("\n"),
  };
}

function curl({ publicUrl, apiKey, name, apiUrl, usesOAuth }: SampleFacts): CodeSample {
  const ask = `curl -fsS -H "Authorization: Bearer $BIFROST_API_KEY" \\\n  "$BIFROST_URL/api/v1/integrations/${name}"`;
  return {
    language: "curl",
    setup: [
      `export BIFROST_URL=${shell(publicUrl)}`,
      `export BIFROST_API_KEY=${shell(apiKey ?? KEY_PLACE)}`,
    ].join("\n"),
    how: "Paste it into a terminal.",
    code:
      apiUrl && usesOAuth
        ? [
            `TOKEN=$(${ask} |`,
            `  sed -n 's/.*"access_token":"\\([^"]*\\)".*/\\1/p')`,
            `curl -fsS -H "Authorization: Bearer $TOKEN" ${shell(apiUrl)}`,
          ].join("\n")
        : ask,
  };
}

function python({ publicUrl, apiKey, name, apiUrl, usesOAuth }: SampleFacts): CodeSample {
  const variable = variableOf(name).toLowerCase();
  return {
    language: "Python",
    setup: [
      `export BIFROST_URL=${shell(publicUrl)}`,
      `export BIFROST_API_KEY=${shell(apiKey ?? KEY_PLACE)}`,
    ].join("\n"),
    how: "Save it as script.py, then run: python3 script.py",
    code: [
      "import json, os, urllib.request",
      "",
      "def get(url, token):",
      '    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})',
      "    with urllib.request.urlopen(request) as response:",
      "        return json.load(response)",
      "",
      `${variable} = get(`,
      `    os.environ["BIFROST_URL"] + "/api/v1/integrations/${name}",`,
      '    os.environ["BIFROST_API_KEY"],',
      ")",
      ...(apiUrl && usesOAuth
        ? [
            `answer = get(${JSON.stringify(apiUrl)}, ${variable}["oauth"]["access_token"])`,
            "print(json.dumps(answer, indent=2))",
          ]
        : [
            usesOAuth
              ? `print("The token ends", ${variable}["oauth"]["expires_at"])`
              : `print(${variable}["config"])`,
          ]),
    ].join("\n"),
  };
}

function powerShell({ publicUrl, apiKey, name, apiUrl, usesOAuth }: SampleFacts): CodeSample {
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const variable = `$${variableOf(name)}`;
  return {
    language: "PowerShell",
    setup: [
      `$env:BIFROST_URL = ${quoted(publicUrl)}`,
      `$env:BIFROST_API_KEY = ${quoted(apiKey ?? KEY_PLACE)}`,
    ].join("\n"),
    how: "Paste it into PowerShell.",
    code: [
      `${variable} = Invoke-RestMethod "$env:BIFROST_URL/api/v1/integrations/${name}" \``,
      '  -Headers @{ Authorization = "Bearer $env:BIFROST_API_KEY" }',
      ...(apiUrl && usesOAuth
        ? [
            `Invoke-RestMethod ${quoted(apiUrl)} \``,
            `  -Headers @{ Authorization = "Bearer $(${variable}.oauth.access_token)" } |`,
            "  ConvertTo-Json -Depth 10",
          ]
        : [usesOAuth ? `${variable}.oauth.expires_at` : `${variable}.config`]),
    ].join("\n"),
  };
}

/** "Microsoft_Graph" as a script would call it: `graph`; a plain word where the last part is none. */
function variableOf(name: string): string {
  const last = name.split(/[^A-Za-z0-9]+/).findLast((part) => /^[A-Za-z]/.test(part)) ?? "integration";
  const word = last.charAt(0).toLowerCase() + last.slice(1);
  return RESERVED.has(word) ? `${word}Api` : word;
}

// Words that would not do as a variable in one of the four languages, or that the samples use themselves.
const RESERVED = new Set(
  "answer as await break case class config const default delete do else env export false finally for from function get host if import in input integrations is json let new null os pass print request response return shell static super switch this true try typeof var void while with yield args error home pid pwd".split(
    " ",
  ),
);

function shell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
