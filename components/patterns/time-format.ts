const steps: ReadonlyArray<[limitSeconds: number, unitSeconds: number, unit: string]> = [
  [3600, 60, "min"],
  [86_400, 3600, "h"],
  [7 * 86_400, 86_400, "day"],
  [30 * 86_400, 7 * 86_400, "week"],
  [365 * 86_400, 30 * 86_400, "month"],
];
const years = [Infinity, 365 * 86_400, "year"] as const;

/** A time as a person would say it: "just now", "2 min ago", "yesterday", "in 58 min". Both in milliseconds. */
export function formatRelative(timeMs: number, nowMs: number): string {
  const seconds = Math.abs(nowMs - timeMs) / 1000;
  const past = timeMs <= nowMs;
  if (seconds < 45) return past ? "just now" : "in a moment";
  const [, unitSeconds, unit] = steps.find(([limit]) => Math.round(seconds / 60) * 60 < limit) ?? years;
  const count = Math.max(1, Math.floor((Math.round(seconds / 60) * 60) / unitSeconds));
  if (unit === "day" && count === 1) return past ? "yesterday" : "tomorrow";
  const words = `${count} ${unit}${count > 1 && unit !== "min" && unit !== "h" ? "s" : ""}`;
  return past ? `${words} ago` : `in ${words}`;
}

/** The exact time with seconds and zone: "20 Nov 2026, 08:22:56 UTC". `timeZone` left out: the reader's own. */
export function formatExact(timeMs: number, timeZone?: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZone,
    timeZoneName: "short",
  }).format(timeMs);
}
