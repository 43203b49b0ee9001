import type { ReactNode } from "react";

export interface EmptyStateProps {
  title: string;
  /** One sentence that teaches what this is for. */
  children: ReactNode;
  /** One button. */
  action?: ReactNode;
  /** One link to the guide. */
  guide?: ReactNode;
  icon?: ReactNode;
}

/** What stands where there is nothing yet: one sentence, one button, one link. */
export function EmptyState({ title, children, action, guide, icon }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center gap-3 rounded-lg border border-dashed bg-surface px-6 py-12 text-center">
      {icon && (
        <span aria-hidden className="text-faint [&_svg]:size-6">
          {icon}
        </span>
      )}
      <div className="max-w-md">
        <h2 className="font-medium">{title}</h2>
        <p className="mt-1 text-muted">{children}</p>
      </div>
      {(action || guide) && (
        <div className="flex flex-wrap items-center justify-center gap-x-4 gap-y-2">
          {action}
          {guide}
        </div>
      )}
    </div>
  );
}
