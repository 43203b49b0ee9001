import type { ConnectionView } from "@/lib/integrations/schema";

export const ASK_TO_RECONNECT = "Ask a platform admin or a technician to reconnect.";

/** How scripts get a token again after one has expired. */
export function howNextTokenComes(
  { hasRefreshToken, comesByItself }: Pick<ConnectionView, "hasRefreshToken" | "comesByItself">,
  mayConnect: boolean,
): string {
  if (!hasRefreshToken && !comesByItself) {
    return mayConnect ? "Choose Reconnect to get a new one." : ASK_TO_RECONNECT;
  }
  const next = comesByItself
    ? "The next script that asks gets a new one"
    : "The next script that asks has it refreshed";
  return mayConnect ? `${next}; Refresh token does it now.` : `${next}.`;
}
