import type { Actor, UserActor } from "@/lib/auth/actor";
import { AppError } from "@/lib/errors";

/** @throws AppError `permission_denied` for whoever is no signed-in user: only a person has an account. */
export function requireUser(actor: Actor): UserActor {
  if (actor.type === "user") return actor;
  throw new AppError("permission_denied", "Only a signed-in user has an account to change.");
}
