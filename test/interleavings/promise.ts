import type { ConnectionState } from "./connection-state";
import type { Presentation } from "./spending-service";

/** What is stored, and what the service's log says, between two steps. */
export interface Moment {
  state: ConnectionState;
  alive: string | null;
  presentations: Presentation[];
  hasEnded: boolean;
  /** A process has died: nobody knows whether it had sent what it had claimed. */
  hasDied: boolean;
  /** What living processes have been granted, by the attempt they had claimed. */
  granted: Granted[];
}

export interface Granted {
  process: string;
  attempt: number;
  successor: string | null;
}

/** A request has 60 s, and the service does nothing for us after we have closed. */
const UNDER_WAY_SECONDS = 60;

type Policy = "retry" | "never";

/** What a step broke of the promise of docs/adr/0007, if anything. */
export function brokenByStep(before: Moment, after: Moment, policy: Policy): string | null {
  const { state } = after;
  if (state.version < before.state.version) return "the token version went back";
  if (state.attempt < before.state.attempt) return "the attempt went back";
  if (state.version === before.state.version && state.refreshToken !== before.state.refreshToken)
    return "a stored token was replaced without a new version";
  const stored = after.presentations.find(({ successor }) => successor === state.refreshToken);
  if (state.refreshToken !== "rt-0" && !stored) return "what is stored is no token of the service's";
  const isDropped = after.granted.some(
    ({ attempt, successor }) =>
      state.version < attempt ||
      (state.version === attempt && successor !== null && successor !== state.refreshToken),
  );
  if (isDropped) return "what a living process was granted is not stored";
  for (const presented of after.presentations.slice(before.presentations.length)) {
    const why = brokenByPresentation(before, presented, policy);
    if (why !== null) return why;
  }
  return null;
}

function brokenByPresentation(
  { state, presentations, granted }: Moment,
  { token, at }: Presentation,
  policy: Policy,
) {
  if (token !== state.refreshToken) return "a token was presented whose successor was stored";
  if (state.status !== "active" && state.status !== "degraded")
    return "a token was presented whose refusal was stored";
  const earlier = presentations.filter((each) => each.token === token);
  // Granted without a successor, and that answer is stored: the token is the connection's again.
  const isStored = ({ process, outcome, successor }: Presentation) =>
    outcome === "granted" &&
    successor === null &&
    granted.some((each) => each.process === process && state.version >= each.attempt);
  const unheard = earlier.filter((each) => each.outcome !== "passing" && !isStored(each));
  if (unheard.length > 0 && policy === "never") return "a token was risked although the admin said never";
  const isUnderWay = unheard.some((each) => at - each.at < UNDER_WAY_SECONDS);
  return isUnderWay ? "a token was presented while an earlier presentation may have been under way" : null;
}

/** Whether the end is one that may be: a token that works, or a person asked for with reason. */
export function brokenInTheEnd(
  { state, alive, presentations, hasEnded, hasDied }: Moment,
  policy: Policy,
): string | null {
  if (state.isLeased) return "a lease is left";
  if (state.status === "active") {
    if (state.unanswered !== null) return "it is active with an attempt left unanswered";
    return state.refreshToken === alive ? null : "it is active with a token that the service does not take";
  }
  if (state.status !== "reconnect_required") return `it stays ${state.status}`;
  const isLost = presentations.some(
    ({ successor }) => successor !== null && successor === alive && successor !== state.refreshToken,
  );
  const isUnheard = presentations.some(({ outcome }) => outcome !== "passing");
  const isJustified = hasEnded || isLost || (policy === "never" && (isUnheard || hasDied));
  return isJustified ? null : "a person is asked for without reason";
}
