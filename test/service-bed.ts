import { beforeAll, beforeEach } from "vitest";
import type { UserActor } from "@/lib/auth/actor";
import { seedUser } from "./context";
import { openTestDatabase } from "./database";
import { startFaultyService, type FaultyService } from "./oauth-service/faulty-service";

/** A database for the file and a platform admin in it; for each test a service of its own that answers as told. */
export let db: Awaited<ReturnType<typeof openTestDatabase>>;
export let admin: UserActor;
export let service: FaultyService;

/** Opens them for the test file that calls it, before hooks of its own that it registers later, and closes them after it. */
export function useServiceBed(): void {
  beforeAll(async () => {
    db = await openTestDatabase();
    admin = await seedUser(db, "platform_admin");
    return () => db.close();
  });
  beforeEach(async () => {
    service = await startFaultyService();
    return () => service.close();
  });
}
