"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";

export interface Tab {
  label: string;
  href: string;
  /** Only this very path, not what lies under it. */
  exact?: boolean;
  /** A count, or a mark that something there needs attention. */
  badge?: ReactNode;
}

/** Tabs that are addresses: links in a `nav`, the one of this page marked as current. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const path = usePathname();
  return (
    <nav aria-label={label} className="-mx-1 overflow-x-auto border-b px-1">
      <ul className="flex gap-1">
        {tabs.map((tab) => {
          const current = path === tab.href || (!tab.exact && path.startsWith(`${tab.href}/`));
          return (
            <li key={tab.href}>
              <Link
                href={tab.href}
                aria-current={current ? "page" : undefined}
                className={classNames(
                  "-mb-px flex h-9 items-center gap-1.5 rounded-t-md border-b-2 px-2.5 whitespace-nowrap transition-colors max-sm:h-11",
                  "focus-visible:-outline-offset-2",
                  current
                    ? "border-primary font-medium text-ink"
                    : "border-transparent text-muted hover:border-control-line hover:text-ink",
                )}
              >
                {tab.label}
                {tab.badge}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
