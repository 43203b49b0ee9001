import { PORT_DISTANCE } from "@/scripts/start/demo.mjs";
import { startDemoServices, type DemoServices } from "./demo-services";

/** Fills a migrated database through the product's own verbs; gives the link that signs in. */
export type SeedDemo = (services: DemoServices) => Promise<{ signInUrl: string }>;

type FromParent = { type: "seed" };
type ToParent =
  | { type: "ready"; env: Record<string, string> }
  | { type: "seeded"; signInUrl: string }
  | { type: "failed"; message: string };

/**
 * The demo's process: starts the services and says `ready`, seeds when the parent says `seed` (the database is migrated by then),
 * and ends with its parent.
 */
export async function runDemo(seed: SeedDemo): Promise<void> {
  const tell = (message: ToParent) => process.send?.(message);
  const services = await startDemoServices({
    preferredPort: Number(process.env.PORT || 3_000) + PORT_DISTANCE,
    dataDirectory: process.env.BIFROST_DATA_DIR || undefined,
  });
  const end = () => void services.close().finally(() => process.exit(0));
  process.once("SIGTERM", end).once("SIGINT", end).once("disconnect", end);
  process.on("message", (message: FromParent) => {
    if (message.type !== "seed") return;
    seed(services).then(
      ({ signInUrl }) => tell({ type: "seeded", signInUrl }),
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        tell({ type: "failed", message: `The demo could not be made: ${reason}` });
      },
    );
  });
  tell({ type: "ready", env: {} });
}
