import { describe, expect, it } from "vitest";
import { newOrigins } from "./new-origins";

describe("newOrigins", () => {
  const graph = "https://login.example.com/{entity_id}/token";

  it("sees no new origin in another path or another tenant of the same host", () => {
    expect(
      newOrigins([graph], { entity_id: "a" }, ["https://login.example.com/v2/token"], { entity_id: "b" }),
    ).toEqual([]);
  });

  it("names another host, another port and another scheme", () => {
    for (const url of [
      "https://evil.example.com/t",
      "https://login.example.com:8443/t",
      "http://login.example.com/t",
    ]) {
      expect(newOrigins([graph], { entity_id: "a" }, [url], {})).toEqual([new URL(url).origin]);
    }
  });

  it("sees a host that changes with a value", () => {
    const template = "https://{subdomain}.example.com/token";
    expect(newOrigins([template], { subdomain: "a" }, [template], { subdomain: "b" })).toEqual([
      "https://b.example.com",
    ]);
  });

  it("does not mind a URL taken away, or one more at a known origin", () => {
    expect(
      newOrigins([graph, "https://api.example.com"], { entity_id: "a" }, [graph, null], { entity_id: "a" }),
    ).toEqual([]);
    const revocation = "https://login.example.com/revoke";
    expect(newOrigins([graph, null], { entity_id: "a" }, [graph, revocation], { entity_id: "a" })).toEqual(
      [],
    );
  });

  it("sees a whole host change where an admin listed its domain", () => {
    const template = "https://{host}/token";
    const values = (host: string) => ({ host });
    const options = { allowedHostSuffixes: ["example.com"] };
    expect(
      newOrigins([template], values("a.example.com"), [template], values("b.example.com"), options),
    ).toEqual(["https://b.example.com"]);
  });
});
