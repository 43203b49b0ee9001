import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";
import type { IntegrationStatus } from "@/lib/integrations/schema";

export interface StatusBadgeProps {
  status: IntegrationStatus;
  /** A handshake is under way. */
  waiting?: boolean;
  className?: string;
}

interface Look {
  word: string;
  colours: string;
  mark: string;
  shape: ReactNode;
}

const green = { colours: "bg-status-green-soft text-status-green-ink", mark: "text-status-green" };
const grey = { colours: "bg-status-grey-soft text-status-grey-ink", mark: "text-status-grey" };
const blue = { colours: "bg-status-blue-soft text-status-blue-ink", mark: "text-status-blue" };
const amber = { colours: "bg-status-amber-soft text-status-amber-ink", mark: "text-status-amber" };
const red = { colours: "bg-status-red-soft text-status-red-ink", mark: "text-status-red" };

// Disc, ring, half disc, diamond, triangle; squares where there is nothing to connect. Told apart without colour.
const looks: Record<IntegrationStatus | "waiting", Look> = {
  active: { word: "Active", ...green, shape: <circle cx="6" cy="6" r="4.5" fill="currentColor" /> },
  not_connected: {
    word: "Not connected",
    ...grey,
    shape: <circle cx="6" cy="6" r="3.9" fill="none" stroke="currentColor" strokeWidth="1.6" />,
  },
  waiting: {
    word: "Waiting for consent",
    ...blue,
    shape: (
      <>
        <circle cx="6" cy="6" r="3.9" fill="none" stroke="currentColor" strokeWidth="1.6" />
        <path d="M6 2.1a3.9 3.9 0 0 1 0 7.8Z" fill="currentColor" />
      </>
    ),
  },
  degraded: {
    word: "Refresh failing",
    ...amber,
    shape: <path d="M6 .8 11.2 6 6 11.2.8 6Z" fill="currentColor" />,
  },
  reconnect_required: {
    word: "Reconnect required",
    ...red,
    shape: (
      <path
        d="M6 .9a.9.9 0 0 1 .8.4l4.6 8.2a.9.9 0 0 1-.8 1.4H1.4a.9.9 0 0 1-.8-1.4l4.6-8.2A.9.9 0 0 1 6 .9Z"
        fill="currentColor"
      />
    ),
  },
  configured: {
    word: "Configured",
    ...green,
    shape: <rect x="1.75" y="1.75" width="8.5" height="8.5" rx="1.25" fill="currentColor" />,
  },
  incomplete: {
    word: "Missing values",
    ...amber,
    shape: (
      <rect
        x="2.2"
        y="2.2"
        width="7.6"
        height="7.6"
        rx="1"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeDasharray="2.6 1.6"
      />
    ),
  },
};

/** A status in a word. */
export function statusWord(status: IntegrationStatus): string {
  return looks[status].word;
}

/** The ground and ink of a status, for a cell of a grid that shows its mark and its word. */
export function statusColours(status: IntegrationStatus): string {
  return looks[status].colours;
}

/** A status's shape in its colour; its word stands beside it. */
export function StatusMark({
  status,
  breathes,
}: {
  status: IntegrationStatus | "waiting";
  breathes?: boolean;
}) {
  const look = looks[status];
  return (
    <svg
      viewBox="0 0 12 12"
      aria-hidden
      className={classNames("size-3 shrink-0", look.mark, breathes && "animate-breathe")}
    >
      {look.shape}
    </svg>
  );
}

/** A status by colour and word and shape; the only thing that wears the status colours. */
export function StatusBadge({ status, waiting, className }: StatusBadgeProps) {
  const look = looks[waiting ? "waiting" : status];
  return (
    <span
      data-status={waiting ? "waiting" : status}
      className={classNames(
        "inline-flex h-6 items-center gap-1.5 rounded-full px-2 text-sm font-medium whitespace-nowrap",
        look.colours,
        className,
      )}
    >
      <StatusMark status={waiting ? "waiting" : status} breathes={waiting} />
      {look.word}
    </span>
  );
}
