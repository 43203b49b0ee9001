"use client";

import { ErrorMessage, type ErrorMessageProps } from "@/components/patterns/error-message";

export default function SettingsError(props: ErrorMessageProps) {
  return <ErrorMessage {...props} />;
}
