"use client";

import { useNow } from "@/components/patterns/clock";
import { formatExact, formatRelative } from "@/components/patterns/time-format";

export interface RelativeTimeProps {
  /** A Date, or its ISO 8601 text. */
  value: Date | string;
  className?: string;
}

/** A time as "2 min ago" that stays true while it is shown, with the exact time and zone on hover. */
export function RelativeTime({ value, className }: RelativeTimeProps) {
  const now = useNow();
  const time = new Date(value).getTime();
  // The server's clock and zone are not the reader's: another key draws it anew once it runs here, so that
  // neither the words nor the zone of the server stay behind.
  return (
    <time
      key={now === null ? "server" : "here"}
      dateTime={new Date(time).toISOString()}
      title={formatExact(time, now === null ? "UTC" : undefined)}
      suppressHydrationWarning
      className={className ?? "whitespace-nowrap"}
    >
      {/* oxlint-disable-next-line react/purity -- the server has no other clock, and the key above draws it anew here */}
      {formatRelative(time, now ?? Date.now())}
    </time>
  );
}
