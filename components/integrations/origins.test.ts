import { describe, expect, it } from "vitest";
import { newlyAimed } from "@/components/integrations/origins";

const stored = {
  "oauth.tokenUrl": "https://login.example.com/{entity_id}/token",
  "oauth.revocationUrl": "",
  testUrl: "https://{region}.api.example.com/me",
  defaultEntityId: "common",
  "config.region": "eu",
};

describe("the warning about new origins", () => {
  it("stays silent while only the path changes", () => {
    expect(newlyAimed({ ...stored, "oauth.tokenUrl": "https://LOGIN.example.com/v2/token" }, stored)).toEqual(
      [],
    );
  });

  it("names the URL that leads elsewhere", () => {
    expect(newlyAimed({ ...stored, "oauth.tokenUrl": "https://evil.example/token" }, stored)).toEqual([
      "Token URL",
    ]);
  });

  it("sees a host that changes through a config field", () => {
    expect(newlyAimed({ ...stored, "config.region": "us" }, stored)).toEqual(["Test URL"]);
  });

  it("takes no half-typed URL for a new origin", () => {
    expect(newlyAimed({ ...stored, "oauth.revocationUrl": "https" }, stored)).toEqual([]);
  });
});
