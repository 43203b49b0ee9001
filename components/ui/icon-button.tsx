import type { ComponentProps, ReactNode } from "react";
import { classNames } from "@/components/ui/class-names";
import { Spinner } from "@/components/ui/spinner";

export interface IconButtonProps extends Omit<ComponentProps<"button">, "children" | "aria-label"> {
  /** The accessible name, also shown as the title. */
  label: string;
  icon: ReactNode;
  pending?: boolean;
}

export const iconButtonClass =
  "inline-grid size-8 shrink-0 place-items-center rounded-md text-muted transition-colors hover:bg-hover " +
  "hover:text-ink disabled:opacity-50 max-sm:size-11 pointer-coarse:size-11 [&_svg]:size-4";

/** A square button with an icon alone. */
export function IconButton({ label, icon, pending, className, onClick, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      {...rest}
      aria-label={label}
      aria-busy={pending || undefined}
      aria-disabled={pending || undefined}
      onClick={pending ? undefined : onClick}
      className={classNames(iconButtonClass, className)}
    >
      {pending ? <Spinner /> : icon}
    </button>
  );
}
