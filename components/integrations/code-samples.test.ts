import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { codeSamples, type SampleFacts } from "@/components/integrations/code-samples";

const graph: SampleFacts = {
  publicUrl: "http://localhost:3000",
  apiKey: "bfr_secret",
  name: "Microsoft_Graph",
  apiUrl: "https://graph.microsoft.com/v1.0/users?$top=5",
  sdkMayFetch: true,
  usesOAuth: true,
};

function sample(language: string, facts: Partial<SampleFacts> = {}) {
  const found = codeSamples({ ...graph, ...facts }).find((each) => each.language === language);
  if (!found) throw new Error(`There is no sample in ${language}.`);
  return found;
}

describe("the samples of Use it", () => {
  it("asks the service through the SDK where the SDK may send the token there", () => {
    expect(sample("TypeScript").code).toBe(
      [
        'import { integrations } from "bifrost";',
        "",
        'const graph = await integrations.require("Microsoft_Graph");',
        'const response = await graph.fetch("https://graph.microsoft.com/v1.0/users?$top=5");',
        "console.log(JSON.stringify(await response.json(), null, 2));",
      ].join("\n"),
    );
  });

  it("sends the token itself to a host that the SDK would refuse", () => {
    expect(sample("TypeScript", { sdkMayFetch: false }).code).toContain("graph.oauth?.accessToken");
  });

  it("carries the key that was just created, in every language", () => {
    for (const { setup } of codeSamples(graph)) expect(setup).toContain("bfr_secret");
  });

  it("keeps a shell from reading a URL as anything but text", () => {
    const { code } = sample("curl", { apiUrl: "https://api.example.com/me?a=1&b='$HOME'" });
    const command = (code.split("\n").at(-1) ?? "").replace(/^curl .* (?='https)/, "printf %s ");
    expect(execFileSync("sh", ["-c", command], { encoding: "utf8" })).toBe(
      "https://api.example.com/me?a=1&b='$HOME'",
    );
  });

  it("finds the token in the answer without any tool but sed", () => {
    const sed = /sed -n '[^']+'/.exec(sample("curl").code)?.[0] ?? "";
    const answer = JSON.stringify({ oauth: { access_token: "abc.def", refresh_token: "no" } });
    expect(execFileSync("sh", ["-c", sed], { input: `${answer}\n`, encoding: "utf8" }).trim()).toBe(
      "abc.def",
    );
  });

  it("names no variable by a reserved word", () => {
    expect(sample("TypeScript", { name: "My.class" }).code).toContain("const classApi =");
    expect(sample("TypeScript", { name: "365" }).code).toContain("const integration =");
  });
});
