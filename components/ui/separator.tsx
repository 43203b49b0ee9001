import { classNames } from "@/components/ui/class-names";

/** A hairline between groups. */
export function Separator({ vertical, className }: { vertical?: boolean; className?: string }) {
  return vertical ? (
    <div
      role="separator"
      aria-orientation="vertical"
      className={classNames("w-px self-stretch bg-line", className)}
    />
  ) : (
    <hr className={classNames("border-t", className)} />
  );
}
