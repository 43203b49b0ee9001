import { makeGraph } from "./fixtures/services";
import { expect, test } from "./fixtures/test";

test("a screen that is late shows the shape of what comes", async ({ page, product, service, admin: _ }) => {
  const { name } = await makeGraph(product, service);
  // Other tests' integrations fill the first page, and a page that is not read yet would wait as well.
  await page.goto(`/settings/integrations?q=${name}`);
  const list = page.getByRole("heading", { level: 1, name: "Integrations" });
  const shape = page.getByRole("status", { name: "Loading the integration" });
  const link = page.getByRole("main").getByRole("link", { name, exact: true });
  await expect(link).toBeVisible();
  await whileSlow(async () => {
    await link.click();
    await expect(shape).toBeVisible();
    await expect(list).toBeHidden();
  });
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(shape).toBeHidden();
  await whileSlow(async () => {
    await page.reload({ waitUntil: "commit" });
    await expect(shape).toBeVisible();
  });
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();

  /** Until it is done, whoever asks for an integration waits. */
  async function whileSlow(act: () => Promise<void>): Promise<void> {
    const { prisma } = product.operator.db;
    await prisma.$transaction(
      async (tx) => {
        await tx.$executeRaw`LOCK TABLE "Integration" IN ACCESS EXCLUSIVE MODE`;
        await act();
      },
      { timeout: 60_000 },
    );
  }
});
