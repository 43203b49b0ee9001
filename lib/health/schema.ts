import { z } from "zod";
import type { ConnectionSource } from "@/lib/integrations/rules";
import type { IntegrationStatus } from "@/lib/integrations/schema";
import type { Trouble } from "./rules";

const id = z.uuid().optional().catch(undefined);
const pageNumber = z.coerce.number().int().min(1).max(100_000).catch(1).default(1);

/** The Health screen's state, as it stands in the URL. Made-up values fall back to the defaults. */
export const healthQuery = z.object({
  /** `attention`: rows and columns with something in trouble alone. */
  show: z.enum(["attention", "all"]).catch("attention").default("attention"),
  integration: id,
  organization: id,
  /** Of the integrations, which are the rows. */
  page: pageNumber,
  /** Of the organizations, which are the columns. */
  columns: pageNumber,
});
export type HealthQuery = z.output<typeof healthQuery>;

/** How one organization stands at one integration; `organization` left out of the address: the default connection. */
export interface HealthCell {
  /** Null: the integration is not mapped for this organization, or nothing speaks for it. */
  status: IntegrationStatus | null;
  source: ConnectionSource | null;
  /** What ails its own connection; of the default one it is told in the default's cell. */
  trouble: Trouble | null;
  can: { connect: boolean; test: boolean };
}

export interface HealthRow {
  integration: { id: string; name: string; owner: string | null };
  default: HealthCell;
  /** One for each column, in their order. */
  cells: HealthCell[];
}

export interface HealthPage {
  rows: HealthRow[];
  columns: { id: string; name: string }[];
  rowTotal: number;
  page: number;
  pageCount: number;
  columnTotal: number;
  columnPage: number;
  columnPageCount: number;
  /** Connections in trouble under the filters, on all pages, as far as the reader may see them. */
  troubled: number;
  can: { test: boolean };
}

/** One connection to be tested. */
export interface TestTarget {
  integrationId: string;
  /** Null: the default connection. */
  organizationId: string | null;
  /** "Contoso, HaloPSA". */
  label: string;
}

export interface TestTargetPage {
  targets: TestTarget[];
  /** Where the next page begins; null: there is none. */
  next: string | null;
}

/** Something that ends by itself unless somebody acts. Times are ISO 8601. */
export interface ForecastRow {
  kind: "refresh_token" | "consent" | "client_secret";
  integration: { id: string; name: string };
  /** Null: the default connection's, or the OAuth client's. */
  organization: { id: string; name: string } | null;
  endsAt: string;
  /** The button that mends it, where it is the reader's to press. */
  act: "reconnect" | "edit_secret" | null;
}

export interface Forecast {
  /** The soonest first. */
  rows: ForecastRow[];
  /** More end within the time than are given. */
  hasMore: boolean;
}
