"use client";

import { useFormStatus } from "react-dom";
import { Button, type ButtonProps } from "@/components/ui/button";

/** The button that submits its form, pending by itself while the form's action runs. */
export function SubmitButton({ variant = "primary", pending, ...rest }: ButtonProps) {
  const status = useFormStatus();
  return <Button {...rest} type="submit" variant={variant} pending={pending || status.pending} />;
}
