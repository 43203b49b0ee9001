import { ChevronLeft, ChevronRight } from "lucide-react";
import { ButtonLink } from "@/components/ui/button-link";

export interface PaginationProps {
  /** What the pages are of, where a screen has several: "Pages of organizations". */
  label?: string;
  /** "1–50 of 128 integrations". */
  summary: string;
  /** Addresses with the page or cursor in them; left out at the ends. */
  previousHref?: string;
  nextHref?: string;
}

/** Page by page, by links, so that each page has an address. */
export function Pagination({ label = "Pages", summary, previousHref, nextHref }: PaginationProps) {
  return (
    <nav aria-label={label} className="flex flex-wrap items-center justify-between gap-3 text-sm text-muted">
      <span>{summary}</span>
      {(previousHref || nextHref) && (
        <span className="flex gap-2">
          {previousHref && (
            <ButtonLink href={previousHref} size="sm" rel="prev" icon={<ChevronLeft aria-hidden />}>
              Previous
            </ButtonLink>
          )}
          {nextHref && (
            <ButtonLink href={nextHref} size="sm" rel="next">
              Next
              <ChevronRight aria-hidden />
            </ButtonLink>
          )}
        </span>
      )}
    </nav>
  );
}
