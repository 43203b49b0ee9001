import type { Connection } from "@/lib/db/generated/client";
import { resolveUrlTemplate } from "@/lib/oauth/templates";
import type { Target } from "./load-target";
import { templateValues } from "./rules";

type Grant = Pick<Connection, "status" | "errorCode" | "templateValues">;

/**
 * Whether the tokens of a grant may go where a URL of the integration's leads now: not once an edit has led one of its URLs
 * to a new origin, whether by its text or by a value, until somebody connects anew.
 */
export function isGrantedPlace(target: Target, grant: Grant, template: string): boolean {
  if (hasOriginChanged(grant)) return false;
  const options = { allowedHostSuffixes: target.integration.apiHosts };
  const then = resolveUrlTemplate(template, grant.templateValues as Record<string, string | null>, options);
  const now = resolveUrlTemplate(template, templateValues(target.entityId, target.fields), options);
  // What the grant did not record, as the URL did not use it then, tells nothing: an edit of the URL is told by the status.
  return !then.ok || !now.ok || new URL(then.url).origin === new URL(now.url).origin;
}

/** An edit has led the URLs to an origin that no secret was given for, and nobody has connected since. */
export function hasOriginChanged({ status, errorCode }: Pick<Connection, "status" | "errorCode">): boolean {
  return status === "reconnect_required" && errorCode === "origin_changed";
}
