"use client";

import { ErrorMessage, type ErrorMessageProps } from "@/components/patterns/error-message";
import "@/app/globals.css";

/** Stands in for the root layout when that itself fails, so it brings its own `html`; light, since no script runs. */
export default function GlobalError(props: ErrorMessageProps) {
  return (
    <html lang="en">
      <body>
        <title>Bifrost</title>
        <main>
          <ErrorMessage {...props} />
        </main>
      </body>
    </html>
  );
}
