import { AppError } from "@/lib/errors";
import { EgressError } from "@/lib/egress/egress-error";
import { OAuthServiceError } from "@/lib/oauth/oauth-error";

/** What an admin is told of a failed exchange: a stable code, and a sentence with the service's own words in it. */
export interface ExchangeFailure {
  code: string;
  message: string;
}

/** Null for anything but a fault of the service, the network or the settings: that is a bug and goes up as it is. */
export function describeExchangeFailure(error: unknown): ExchangeFailure | null {
  if (error instanceof OAuthServiceError) return { code: error.code ?? error.kind, message: error.message };
  if (error instanceof EgressError) return { code: error.reason, message: error.message };
  if (error instanceof AppError) return { code: error.code, message: error.message };
  return null;
}
