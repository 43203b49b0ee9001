"use client";

import { ErrorMessage, type ErrorMessageProps } from "@/components/patterns/error-message";

/** Inside the frame, so that the way to every other screen stays. */
export default function AdminError(props: ErrorMessageProps) {
  return <ErrorMessage {...props} />;
}
