import { classNames } from "@/components/ui/class-names";

export type ButtonVariant = "primary" | "secondary" | "ghost" | "danger" | "link";
export type ButtonSize = "sm" | "md";

const base =
  "relative inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap " +
  "transition-colors select-none disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0";

const variants: Record<ButtonVariant, string> = {
  primary: "bg-primary text-on-primary hover:bg-primary-hover",
  secondary: "border border-control-line/70 bg-surface text-ink shadow-card hover:bg-hover",
  ghost: "text-muted hover:bg-hover hover:text-ink",
  danger: "border border-danger/60 bg-surface text-danger hover:bg-danger hover:text-on-danger",
  link: "text-accent underline decoration-accent/40 underline-offset-3 hover:decoration-accent",
};

const sizes: Record<ButtonSize, string> = {
  sm: "h-7 px-2.5 text-sm max-sm:h-11 max-sm:px-3 pointer-coarse:h-11",
  md: "h-8 px-3 text-base max-sm:h-11 max-sm:px-4 pointer-coarse:h-11",
};

/** The look of a button, for elements that are not one (a link, a menu's trigger). */
export function buttonClass(
  variant: ButtonVariant = "secondary",
  size: ButtonSize = "md",
  className?: string,
): string {
  const sized = variant === "link" ? "max-sm:min-h-11 pointer-coarse:min-h-11" : sizes[size];
  return classNames(base, variants[variant], sized, className);
}
