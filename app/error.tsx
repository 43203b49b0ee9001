"use client";

import { ErrorMessage, type ErrorMessageProps } from "@/components/patterns/error-message";

export default function ErrorScreen(props: ErrorMessageProps) {
  return (
    <main>
      <ErrorMessage {...props} />
    </main>
  );
}
