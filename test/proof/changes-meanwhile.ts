import { afterAll, beforeAll, expect, it } from "vitest";
import { completeConnect } from "@/lib/connections/complete-connect";
import { disconnectConnection } from "@/lib/connections/disconnect-connection";
import { startConnect } from "@/lib/connections/start-connect";
import { deleteIntegration } from "@/lib/integrations/delete-integration";
import { updateIntegration } from "@/lib/integrations/update-integration";
import { seedUser, testContext } from "../context";
import { type Bed, openBed, passTime, readGrant, until } from "./bed";
import type { Running } from "./processes";
import { programs } from "./shared-programs";
import { integrationInput, type SeededGrant } from "./seed-grants";
import { startTokenService, type TokenService } from "./token-service";

/** What admins do in one process while another one's refresh is under way. */
export function proveChanges(): void {
  const shared: { bed?: Bed; web?: Running } = {};
  beforeAll(async () => {
    shared.bed = await openBed();
    shared.web = await shared.bed.start("web", await programs());
  }, 600_000);
  afterAll(() => shared.bed?.close(), 600_000);

  /** A refresh whose token is spent and whose answer waits for `answer()`. */
  async function underWay(prove: (world: World) => Promise<void>): Promise<void> {
    const { bed, web } = shared;
    if (!bed || !web) throw new Error("There is no bed.");
    const service = await startTokenService();
    try {
      const [grant] = await bed.seed(service, 1);
      if (!grant) throw new Error("There is no grant.");
      const { oauth } = await bed
        .sdk(web.url)
        .integrations.require(grant.name, { scope: grant.organizationId });
      const gate = Promise.withResolvers<void>();
      service.pace.beforeAnswering = () => gate.promise;
      const wish = oauth?.refresh() ?? Promise.reject(new Error("There is no token."));
      wish.catch(() => undefined);
      await until("the service has the token", () => service.log.length === 1);
      await prove({ bed, web, service, grant, wish, answer: gate.resolve });
    } finally {
      await service.close();
    }
  }

  it("a deletion forgets, and the late answer is revoked", () =>
    underWay(async ({ bed, service, grant, wish, answer }) => {
      await deleteIntegration(testContext(bed.db, bed.admin), {
        id: grant.integrationId,
        confirmName: grant.name,
      });
      answer();
      await expect(wish).rejects.toMatchObject({ name: "BifrostError" });
      await until("it is revoked", () => service.revoked.some((token) => service.isCurrent(token)));
    }));

  it("a disconnect forgets, and the late answer is revoked", () =>
    underWay(async ({ bed, service, grant, wish, answer }) => {
      await disconnectConnection(testContext(bed.db, bed.admin), grant);
      answer();
      await expect(wish).rejects.toMatchObject({ name: "BifrostError" });
      await until("it is revoked", () => service.revoked.some((token) => service.isCurrent(token)));
      const { rows } = await bed.db.pool.query(
        `SELECT "status", "accessToken", "refreshToken" FROM "Connection" WHERE "id" = $1`,
        [grant.connectionId],
      );
      expect(rows).toEqual([{ status: "not_connected", accessToken: null, refreshToken: null }]);
    }));

  it("a reconnect wins, and the late answer of the old grant is dropped, not revoked", () =>
    underWay(async ({ bed, service, grant, wish, answer }) => {
      await consent(bed, grant, await begin(bed, grant), `new-${grant.connectionId}`);
      answer();
      await expect(wish).rejects.toMatchObject({ code: "connection_changed" });
      const stored = await readGrant(bed.db, grant.connectionId);
      expect(stored).toMatchObject({ status: "active", unanswered: null });
      expect(stored.refreshToken).toBe(`rt.new-${grant.connectionId}.1`);
      expect(service.revoked).toEqual([]);
    }));

  it("a change of the client secret lets the answer be stored, and goes with the next refresh", () =>
    underWay(async ({ bed, service, grant, wish, answer }) => {
      await saveSecret(bed, service, grant, "mended-secret");
      answer();
      expect(await wish).toMatchObject({ status: "active", version: 2 });
      service.clientSecret = "mended-secret";
      await passTime(bed.db, 10);
      const { web } = shared;
      const { oauth } = await bed
        .sdk(web?.url ?? "")
        .integrations.require(grant.name, { scope: grant.organizationId });
      expect(await oauth?.refresh()).toMatchObject({ version: 3 });
    }));

  it("two admins who connect at once both arrive, and one grant is kept, unmixed", async () => {
    const { bed, web } = shared;
    if (!bed || !web) throw new Error("There is no bed.");
    const service = await startTokenService();
    try {
      const [grant] = await bed.seed(service, 1);
      if (!grant) throw new Error("There is no grant.");
      const others = await Promise.all([1, 2, 3].map(() => seedUser(bed.db, "platform_admin")));
      const admins = [bed.admin, ...others];
      const begun = await Promise.all(admins.map((admin) => begin(bed, grant, admin)));
      await Promise.all(
        admins.map((admin, index) =>
          consent(bed, grant, begun[index] ?? "", `${grant.connectionId}-${index}`, admin),
        ),
      );
      const stored = await readGrant(bed.db, grant.connectionId);
      expect(stored.refreshToken.replace("rt.", "at.")).toBe(stored.accessToken);
      expect(service.isCurrent(stored.refreshToken)).toBe(true);
      const scope = { scope: grant.organizationId };
      const { oauth } = await bed.sdk(web.url).integrations.require(grant.name, scope);
      expect((await oauth?.refresh())?.version).toBeGreaterThan(stored.tokenVersion);
      expect(service.accepts((await readGrant(bed.db, grant.connectionId)).accessToken)).toBe(true);
    } finally {
      await service.close();
    }
  });
}

interface World {
  bed: Bed;
  web: Running;
  service: TokenService;
  grant: SeededGrant;
  wish: Promise<unknown>;
  answer: () => void;
}

/** Begins a consent. @returns its `state` */
async function begin(bed: Bed, grant: SeededGrant, admin = bed.admin): Promise<string> {
  const started = await startConnect(testContext(bed.db, admin), grant);
  return new URL(started.kind === "redirect" ? started.url : "").searchParams.get("state") ?? "";
}

/** Comes back from a consent, whose code is the name of the grant that it makes. */
async function consent(
  bed: Bed,
  grant: SeededGrant,
  state: string,
  code: string,
  admin = bed.admin,
): Promise<void> {
  const params = new URLSearchParams({ code, state });
  const outcome = await completeConnect(testContext(bed.db, admin), { slug: grant.name, params });
  expect(outcome).toMatchObject({ outcome: "connected" });
}

async function saveSecret(
  bed: Bed,
  service: TokenService,
  { integrationId, name }: SeededGrant,
  clientSecret: string,
): Promise<void> {
  const { version } = await bed.db.prisma.integration.findUniqueOrThrow({ where: { id: integrationId } });
  await updateIntegration(testContext(bed.db, bed.admin), {
    ...integrationInput(service, name, clientSecret),
    id: integrationId,
    version,
  });
}
