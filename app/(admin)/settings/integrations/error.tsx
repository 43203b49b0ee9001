"use client";

import { ErrorMessage, type ErrorMessageProps } from "@/components/patterns/error-message";

export default function IntegrationsError(props: ErrorMessageProps) {
  return <ErrorMessage {...props} />;
}
