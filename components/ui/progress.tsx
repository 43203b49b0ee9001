import type { ReactNode } from "react";

export interface ProgressProps {
  /** What is under way: "Testing 40 connections". */
  label: string;
  /** How many are done, out of `max`. Left out while that is unknown. */
  value?: number;
  max?: number;
  /** A Cancel button. */
  action?: ReactNode;
}

/** Long work: what it is, a bar, counts, and a way to cancel. */
export function Progress({ label, value, max = 100, action }: ProgressProps) {
  return (
    <div className="flex items-center gap-3">
      <div className="min-w-0 flex-1">
        <div className="mb-1 flex justify-between gap-4 text-sm">
          <span>{label}</span>
          {value !== undefined && (
            <span className="text-muted">
              {value} of {max}
            </span>
          )}
        </div>
        <progress
          aria-label={label}
          value={value}
          max={max}
          className="block h-1.5 w-full appearance-none overflow-hidden rounded-full border-0 bg-hover text-accent [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-hover [&::-webkit-progress-value]:bg-accent [&:indeterminate]:animate-breathe"
        />
      </div>
      {action}
    </div>
  );
}
