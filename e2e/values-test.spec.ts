import { randomUUID } from "node:crypto";
import { createIntegration } from "@/lib/integrations/create-integration";
import { upsertMapping } from "@/lib/mappings/upsert-mapping";
import { expectAccessible } from "./fixtures/accessibility";
import { makeCustomer } from "./fixtures/halo";
import { expect, test } from "./fixtures/test";

test("a service without OAuth, whose keys are each customer's own, is asked with one customer's values", async ({
  page,
  product,
  faulty,
  admin: _admin,
}) => {
  faulty.always("/api/v1/companies", ({ headers }) =>
    headers["x-api-key"] === "of-contoso" ? { body: { companies: [] } } : { status: 401, body: {} },
  );
  const { id: integrationId } = await createIntegration(product.operator, {
    name: `Hudu_${randomUUID().slice(0, 8)}`,
    presetId: "hudu",
    config: { base_url: faulty.url("/api/v1"), api_key: "revoked" },
  });
  const map = async (name: string, config: Record<string, string>) => {
    const organization = await makeCustomer(product, name);
    await upsertMapping(product.operator, { integrationId, organizationId: organization.id, config });
    return organization;
  };
  const contoso = await map("Contoso", { api_key: "of-contoso" });
  const fabrikam = await map("Fabrikam", {});

  await page.goto(`/settings/integrations/${integrationId}/mappings/${contoso.id}`);
  await page.getByRole("button", { name: `Test connection of ${contoso.name}` }).click();
  await expect(page.getByText("The service answered 200.")).toBeVisible();
  await expectAccessible(page);
  await page.goto(`/settings/integrations/${integrationId}/mappings/${fabrikam.id}`);
  await page.getByRole("button", { name: `Test connection of ${fabrikam.name}` }).click();
  await expect(page.getByText("did not accept what it was given (401)")).toBeVisible();
  await page.setViewportSize({ width: 360, height: 800 });
  await expectAccessible(page);
});

test("a test that asked nothing does not claim that the connection works", async ({
  page,
  product,
  faulty,
  admin: _admin,
}) => {
  faulty.always("/status", { status: 401, body: {} });
  const testOf = async (changes: Record<string, unknown>) => {
    const { id } = await createIntegration(product.operator, {
      name: `Keys_${randomUUID().slice(0, 8)}`,
      ...changes,
    });
    await page.goto(`/settings/integrations/${id}`);
    await page.getByRole("button", { name: "Test connection", exact: true }).click();
  };
  const config = { base_url: faulty.url("/api"), api_key: "k", api_secret_key: "wrong" };
  await testOf({ presetId: "datto-rmm", config });
  await expect(
    page.getByRole("heading", { name: "All values are there; the service was not asked" }),
  ).toBeVisible();
  await expect(page.getByText("with the password grant.")).toBeVisible();

  await testOf({ testUrl: faulty.url("/status") });
  await expect(
    page.getByRole("heading", { name: "The service answers; the values were not tested" }),
  ).toBeVisible();
  await expectAccessible(page);
});
