import { randomUUID } from "node:crypto";
import { createIntegration } from "@/lib/integrations/create-integration";
import { upsertMapping } from "@/lib/mappings/upsert-mapping";
import { expectAccessible, expectNoSidewaysScroll } from "./fixtures/accessibility";
import { makeCustomer, openTab } from "./fixtures/halo";
import { badge } from "./fixtures/integration-screen";
import { expect, test } from "./fixtures/test";

test("one consent serves every customer: the policy, the derived token, a tenant that refuses and is mended", async ({
  page,
  product,
  faulty,
  admin: _admin,
}) => {
  const grant = (name: string) => ({
    body: { access_token: `${name}-token`, refresh_token: "partner", expires_in: 3_600 },
  });
  faulty.always("/common/token", grant("partner"));
  faulty.always("/contoso/token", grant("contoso"));
  faulty.always("/fabrikam/token", {
    status: 400,
    body: { error: "invalid_grant", error_description: "AADSTS65001: nobody consented in this tenant." },
  });
  const { id } = await createIntegration(product.operator, {
    name: `Partner_${randomUUID().slice(0, 8)}`,
    defaultEntityId: "common",
    oauth: {
      flowType: "authorization_code",
      clientId: "client-1",
      clientSecret: "a-secret",
      authorizationUrl: faulty.url("/authorize"),
      tokenUrl: faulty.url("/{entity_id}/token"),
      pkce: true,
      refreshTokensReusable: true,
    },
  });
  const contoso = await makeCustomer(product, "Contoso");
  const fabrikam = await makeCustomer(product, "Fabrikam");
  const mapped = { integrationId: id };
  await upsertMapping(product.operator, { ...mapped, organizationId: contoso.id, entityId: "contoso" });
  await upsertMapping(product.operator, { ...mapped, organizationId: fabrikam.id, entityId: "fabrikam" });
  await page.goto(`/settings/integrations/${id}`);
  await page.getByRole("button", { name: "Connect", exact: true }).click();
  await expect(badge(page)).toHaveText("Active");

  await openTab(page, id, "mappings");
  const row = (name: string) => page.getByRole("row", { name: new RegExp(name) });
  await expect(row(contoso.name)).toContainText("Default");
  await page.getByRole("button", { name: "Change policy" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Use the default consent at their own Token URL").check();
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Policy saved")).toBeVisible();
  // The worker fetches the tokens; nobody has read them.
  const statuses = () =>
    product.operator.db.prisma.connection
      .findMany({ where: { integrationId: id, kind: "derived" }, orderBy: { entityId: "asc" } })
      .then((rows) => rows.map(({ status, accessToken }) => `${status} ${accessToken ? "with" : "without"}`));
  await expect.poll(statuses, { timeout: 60_000 }).toEqual(["active with", "reconnect_required without"]);
  await openTab(page, id, "mappings");
  await expect(row(contoso.name)).toContainText(/Derived\s*Active/);
  await expect(row(fabrikam.name)).toContainText(/Derived\s*Reconnect required/);
  await expect(page.getByRole("main")).toContainText("AADSTS65001");
  await expectNoSidewaysScroll(page);

  faulty.always("/fabrikam/token", grant("fabrikam"));
  await page.goto(`/settings/integrations/${id}/mappings/${fabrikam.id}`);
  await expectAccessible(page);
  await page.getByRole("button", { name: `Refresh token ${fabrikam.name}` }).click();
  await expect.poll(statuses, { timeout: 60_000 }).toEqual(["active with", "active with"]);
  await expect(page.getByRole("main")).not.toContainText("AADSTS65001");
  await expect(page.getByRole("main")).toContainText("derived");
});
