import { ChevronLeft } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

export interface PageHeaderProps {
  title: string;
  /** A `StatusBadge` or `Badge`, beside the title. */
  badge?: ReactNode;
  description?: ReactNode;
  /** The screen's one primary button. */
  action?: ReactNode;
  /** Secondary buttons, to the left of the primary one. */
  secondary?: ReactNode;
  /** A `Menu` for the rest, at the very right. */
  menu?: ReactNode;
  /** Where this screen hangs below: "Integrations". */
  back?: { href: string; label: string };
}

/** The top of a screen: what it is, how it stands, and the one thing to do. */
export function PageHeader({ title, badge, description, action, secondary, menu, back }: PageHeaderProps) {
  return (
    <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 flex-1 basis-72">
        {back && (
          <Link
            href={back.href}
            className="mb-1 -ml-1 inline-flex items-center gap-0.5 rounded pr-1 text-sm text-muted hover:text-ink max-sm:min-h-11"
          >
            <ChevronLeft aria-hidden className="size-4" />
            {back.label}
          </Link>
        )}
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 text-xl font-semibold tracking-tight wrap-anywhere">{title}</h1>
          {badge}
        </div>
        {description && <div className="mt-0.5 text-muted">{description}</div>}
      </div>
      {(action || secondary || menu) && (
        <div className="flex flex-wrap items-center gap-2">
          {secondary}
          {action}
          {menu}
        </div>
      )}
    </header>
  );
}
