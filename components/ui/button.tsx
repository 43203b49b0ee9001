import type { ComponentProps, ReactNode } from "react";
import { buttonClass, type ButtonSize, type ButtonVariant } from "@/components/ui/button-class";
import { Spinner } from "@/components/ui/spinner";

export interface ButtonProps extends ComponentProps<"button"> {
  variant?: ButtonVariant;
  size?: ButtonSize;
  /** Work is under way: the width stays, a spinner covers the label, presses are ignored and focus is kept. */
  pending?: boolean;
  /** Shown before the label. */
  icon?: ReactNode;
}

/** A button; `type` is "button" unless said otherwise, so that none submits a form by accident. */
export function Button({
  variant,
  size,
  pending,
  icon,
  className,
  children,
  type,
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      // Not `disabled`: a disabled button drops keyboard focus to the page.
      type={pending ? "button" : (type ?? "button")}
      onClick={pending ? undefined : onClick}
      aria-disabled={pending || rest["aria-disabled"] || undefined}
      aria-busy={pending || undefined}
      className={buttonClass(variant, size, className)}
    >
      <span className={pending ? "inline-flex items-center gap-1.5 opacity-0" : "contents"}>
        {icon}
        {children}
      </span>
      {pending && (
        <span className="absolute inset-0 grid place-items-center">
          <Spinner />
        </span>
      )}
    </button>
  );
}
