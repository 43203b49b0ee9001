import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ctx } from "@/lib/auth/context";
import { seedProvider, testContext } from "@/test/context";
import { openTestDatabase } from "@/test/database";
import { exportIntegration } from "./export-integration";
import { importIntegration } from "./import-integration";

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let ctx: Ctx;

beforeAll(async () => {
  db = await openTestDatabase();
  ctx = testContext(db);
  await seedProvider(db);
});
afterAll(() => db.close());

const partner = (
  name: string,
  changes: { reusable?: boolean; tokenUrl?: string } = {},
) => `bifrost: integration/v1
name: ${name}
default_entity_id: common
organization_policy: derived
oauth:
  flow_type: authorization_code
  client_id: client-1
  authorization_url: https://login.example.com/{entity_id}/authorize
  token_url: ${changes.tokenUrl ?? "https://login.example.com/{entity_id}/token"}
  refresh_tokens_reusable: ${changes.reusable ?? true}
`;
const bring = (text: string) => importIntegration(ctx, { text, expectedVersion: null });

describe("a definition that lets organizations use the default consent", () => {
  it("is imported, and exported as it was", async () => {
    const { id } = await bring(partner("Partner"));
    const row = await db.prisma.integration.findUniqueOrThrow({ where: { id } });
    expect(row.organizationPolicy).toBe("derived");
    const { text } = await exportIntegration(ctx, { integrationId: id });
    expect(text).toContain("organization_policy: derived");
  });

  it.each([
    ["refresh tokens are good once", { reusable: false }, "oauth.refresh_tokens_reusable"],
    ["the token URL is everybody's", { tokenUrl: "https://login.example.com/token" }, "oauth.token_url"],
    ["the host would differ", { tokenUrl: "https://{entity_id}.example.com/token" }, "oauth.token_url"],
  ])("is refused where %s", async (_, changes, path) => {
    await expect(bring(partner("Refused", changes))).rejects.toMatchObject({
      code: "validation_failed",
      errors: [expect.objectContaining({ path })],
    });
    expect(await db.prisma.integration.count({ where: { name: "Refused" } })).toBe(0);
  });
});
