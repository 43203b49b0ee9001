import { AsyncLocalStorage } from "node:async_hooks";
import { BifrostError } from "./bifrost-error.ts";

/** Whom a call speaks for: an organization's id, or `"global"` for the defaults alone; left out, see {@link Context}. */
export interface ScopeOptions {
  scope?: string | undefined;
  /** The same as `scope`; both may be given only if they agree. */
  orgId?: string | undefined;
}

/**
 * Whom calls speak for that name nobody themselves. What a call names beats `withScope`, which beats `setScope`; without
 * any of them the server takes the key's own organization.
 */
export interface Context {
  /** Sets the scope of all later calls of this process; undefined takes it back. @throws BifrostError */
  setScope(scope: string | undefined): void;
  /**
   * Runs `work` with a scope of its own, which holds for everything that it awaits and for nothing beside it, however many
   * run at once. @returns what `work` returns @throws BifrostError
   */
  withScope<Result>(scope: string, work: () => Result): Result;
  /** The scope that a call would have here which names none; undefined: the key's own organization. */
  readonly scope: string | undefined;
}

const chain = new AsyncLocalStorage<string>();
let everywhere: string | undefined;

export const context: Context = {
  setScope(scope) {
    everywhere = scope === undefined ? undefined : requireScope("scope", scope);
  },
  withScope(scope, work) {
    return chain.run(requireScope("scope", scope), work);
  },
  get scope() {
    return chain.getStore() ?? everywhere;
  },
};

/** @throws BifrostError `validation_failed` where the two names of one thing disagree, or one is no text */
export function scopeOf({ scope, orgId }: ScopeOptions): string | undefined {
  if (scope !== undefined) requireScope("scope", scope);
  if (orgId !== undefined) requireScope("orgId", orgId);
  if (scope !== undefined && orgId !== undefined && scope.toLowerCase() !== orgId.toLowerCase()) {
    throw new BifrostError(
      "validation_failed",
      "scope and orgId name different organizations. Give one of them.",
    );
  }
  return scope ?? orgId ?? context.scope;
}

/** Null or "" is an organization that somebody failed to look up: it must not turn into the key's own. */
function requireScope(option: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new BifrostError(
    "validation_failed",
    `${option} must be an organization's id or "global", or left out.`,
  );
}
