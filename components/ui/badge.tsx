import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

export interface BadgeProps {
  /** Never a status: that is `StatusBadge`. */
  tone?: "neutral" | "accent" | "danger" | "outline";
  className?: string;
  children: ReactNode;
}

const tones = {
  neutral: "bg-sunken text-muted",
  accent: "bg-accent-soft text-accent",
  danger: "bg-danger-soft text-danger",
  outline: "border text-muted",
};

/** A small word beside a name: "Global", "Provider", a count. */
export function Badge({ tone = "neutral", className, children }: BadgeProps) {
  return (
    <span
      className={classNames(
        "inline-flex h-5 items-center gap-1 rounded px-1.5 text-xs font-medium whitespace-nowrap",
        tones[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}
