import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

export interface AlertProps {
  /** `danger`: it failed. `warning`: mind this before going on. `note`: good to know. */
  tone?: "note" | "warning" | "danger";
  /** What happened, in a few words. */
  title: string;
  /** Why (the service's own words, quoted) and what to do, in that order. */
  children?: ReactNode;
  /** The button or link that mends it. */
  action?: ReactNode;
  /** Read out at once when it appears after an act of the user. */
  live?: boolean;
  className?: string;
}

const looks = {
  note: { icon: Info, box: "border-line bg-sunken", mark: "text-muted" },
  warning: { icon: TriangleAlert, box: "border-control-line bg-sunken", mark: "text-ink" },
  danger: { icon: CircleAlert, box: "border-danger/40 bg-danger-soft", mark: "text-danger" },
};

/** A message that stays on the page, beside what it is about. */
export function Alert({ tone = "note", title, children, action, live, className }: AlertProps) {
  const look = looks[tone];
  return (
    <div
      role={live ? "alert" : undefined}
      className={classNames(
        "flex flex-wrap items-start gap-x-3 gap-y-2 rounded-lg border px-3.5 py-2.5",
        look.box,
        className,
      )}
    >
      <look.icon aria-hidden className={classNames("mt-0.5 size-4 shrink-0", look.mark)} />
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-medium">{title}</p>
        {children && <div className="text-sm text-muted">{children}</div>}
      </div>
      {action && <div className="flex items-center gap-2">{action}</div>}
    </div>
  );
}
