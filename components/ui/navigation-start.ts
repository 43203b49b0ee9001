const LATE_MS = 150;

let lateness: Promise<void> | undefined;

/** A person set out for another screen: from now on it is measured how long they wait. */
export function noteNavigation(): void {
  lateness = new Promise((resolve) => setTimeout(resolve, LATE_MS));
}

/** Kept once 150 ms have passed since the last navigation began; undefined where none did since the page was loaded. */
export function untilLate(): Promise<void> | undefined {
  return lateness;
}

/** A person went on to another screen since this page was loaded: what is drawn from then on, is drawn here. */
export function hasNavigated(): boolean {
  return lateness !== undefined;
}
