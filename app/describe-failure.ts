import { uuidv7 } from "@/lib/db/id";
import { UnsealError } from "@/lib/crypto/seal";
import { isDatabaseUnavailable } from "@/lib/db/unavailable";
import { AppError } from "@/lib/errors";
import { screensLog } from "@/lib/log";

/**
 * Turns whatever was thrown into what a user can read: an {@link AppError} as it is, a database that does not answer
 * and a secret that cannot be opened by name, anything else as an id under which the log tells more.
 */
export function describeFailure(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isDatabaseUnavailable(error)) {
    screensLog().warn({ err: error }, "the database does not answer");
    return new AppError(
      "service_unavailable",
      "The database does not answer. Nothing was changed; try again in a moment.",
      { retryAfterSeconds: 5 },
    );
  }
  if (error instanceof UnsealError) {
    const { place, keyId, reason } = error;
    screensLog().error({ place, keyId, reason }, "a stored secret cannot be opened");
    return new AppError("service_unavailable", `${error.message} Nothing was changed.`);
  }
  const id = uuidv7();
  screensLog().error({ err: error, errorId: id }, "unexpected error");
  return new AppError(
    "internal_error",
    `Something went wrong on the server. Try again; if it stays, give this id to whoever runs it: ${id}.`,
  );
}
