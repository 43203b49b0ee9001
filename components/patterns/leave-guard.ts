"use client";

type Guard = (proceed: () => void) => boolean;

const guards = new Set<Guard>();

/** A changed form puts itself in the way; the guard returns true when it stops the leaving (and asks). */
export function addLeaveGuard(guard: Guard): () => void {
  guards.add(guard);
  return () => guards.delete(guard);
}

/** Goes on at once, or after the user agreed to lose what a changed form holds. For navigation that is no link. */
export function leaveThen(proceed: () => void): void {
  for (const guard of guards) if (guard(proceed)) return;
  proceed();
}
