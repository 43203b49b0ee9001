"use client";

import { ErrorMessage, type ErrorMessageProps } from "@/components/patterns/error-message";

export default function ApiKeysError(props: ErrorMessageProps) {
  return <ErrorMessage {...props} />;
}
