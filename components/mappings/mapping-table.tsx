"use client";

import { TriangleAlert } from "lucide-react";
import Link from "next/link";
import { lazy, Suspense, useState } from "react";
import {
  UNREACHABLE,
  useConnectionActs,
  useIntegrationScreen,
} from "@/components/integrations/integration-context";
import type { MappingActions } from "@/components/mappings/mapping-actions";
import { mappingHref, mappingsHref, mappingsSearch } from "@/components/mappings/mapping-address";
import { useMappingRows } from "@/components/mappings/mapping-query";
import { MappingRowActions } from "@/components/mappings/mapping-row-actions";
import { MappingRowNotes, notesOf } from "@/components/mappings/mapping-row-notes";
import { mismatchInWords, sourceWord } from "@/components/mappings/source-words";
import { DataTable, type DataColumn } from "@/components/patterns/data-table";
import { StatusBadge } from "@/components/patterns/status-badge";
import { Alert } from "@/components/ui/alert";
import { Badge } from "@/components/ui/badge";
import { classNames } from "@/components/ui/class-names";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";
import { Pagination } from "@/components/ui/pagination";
import { toastSuccess } from "@/components/ui/toast";
import { OpenedOnce } from "@/components/ui/opened-once";
import { MAPPING_PAGE_SIZE } from "@/lib/mappings/rules";
import type { MappingListQuery, MappingRow, MappingRowPage } from "@/lib/mappings/schema";

const AddMappingDialog = lazy(async () => ({
  default: (await import("@/components/mappings/add-mapping-dialog")).AddMappingDialog,
}));

const DefaultTrouble = lazy(async () => ({
  default: (await import("@/components/mappings/default-trouble")).DefaultTrouble,
}));

const DisconnectOwnDialog = lazy(async () => ({
  default: (await import("@/components/mappings/disconnect-own-dialog")).DisconnectOwnDialog,
}));

const RemoveMappingDialog = lazy(async () => ({
  default: (await import("@/components/mappings/remove-mapping-dialog")).RemoveMappingDialog,
}));

export interface MappingTableProps {
  initial: MappingRowPage;
  query: MappingListQuery;
  actions: MappingActions;
}

type Asked = { kind: "add" | "disconnect" | "remove"; row: MappingRow };

/** The organizations of one page of the Mappings tab; statuses move by themselves. */
export function MappingTable({ initial, query, actions }: MappingTableProps) {
  const { view, actions: integrationActions } = useIntegrationScreen();
  const { rows, total, page, pageCount } = useMappingRows(initial, mappingsSearch(query));
  const acts = useConnectionActs(view.id);
  const [failures, setFailures] = useState<Readonly<Record<string, string | null>>>({});
  const [asked, setAsked] = useState<Asked | null>(null);
  const first = (page - 1) * MAPPING_PAGE_SIZE + 1;
  const close = () => setAsked(null);
  const isDefaultFailing =
    view.connection?.error != null &&
    view.connection.error.code !== view.oauth?.error?.code &&
    rows.some(({ mapping, connection }) => mapping && connection?.source === "default");

  function setFailure({ organization }: MappingRow, message: string | null) {
    setFailures((before) => ({ ...before, [organization.id]: message }));
  }

  async function refresh(row: MappingRow) {
    const { id, name } = row.organization;
    setFailure(row, null);
    const result = await integrationActions.refresh(view.id, id).catch(() => null);
    if (result?.ok) toastSuccess(`The token of ${name} is refreshed`);
    else setFailure(row, result?.message ?? UNREACHABLE);
    await acts.refresh();
  }

  const actionColumn: DataColumn<MappingRow> = {
    key: "actions",
    header: "Actions",
    hideHeader: true,
    align: "right",
    className: TIGHT,
    cell: (row) => (
      <MappingRowActions
        integrationId={view.id}
        row={row}
        acts={integrationActions}
        onRefresh={() => void refresh(row)}
        onFailure={(message) => setFailure(row, message)}
        onAdd={() => setAsked({ kind: "add", row })}
        onAsk={(kind) => setAsked({ kind, row })}
      />
    ),
  };
  return (
    <>
      {acts.failure && (
        <Alert tone="danger" title={acts.failure.title} live>
          {acts.failure.message}
        </Alert>
      )}
      {isDefaultFailing && (
        <Suspense>
          <DefaultTrouble view={view} />
        </Suspense>
      )}
      <DataTable
        caption={`Mappings of ${view.name}`}
        columns={[...columnsFor(view.id, view.defaultEntityId, view.oauth !== null), actionColumn]}
        rows={rows}
        rowKey={(row) => row.organization.id}
        detail={(row) => {
          const failure = failures[row.organization.id] ?? null;
          const notes = notesOf(row, failure);
          return notes.length > 0 && <MappingRowNotes notes={notes} isLive={failure !== null} />;
        }}
        empty={
          <EmptyState
            title="Nothing matches"
            action={<ButtonLink href={mappingsHref(view.id)}>Clear search and filters</ButtonLink>}
          >
            No organization has these words in its name, entity ID or entity name with the filters chosen.
          </EmptyState>
        }
      />
      {pageCount > 1 && (
        <Pagination
          summary={`${first.toLocaleString("en")}–${(first + rows.length - 1).toLocaleString("en")} of ${total.toLocaleString("en")} organizations`}
          previousHref={page > 1 ? mappingsHref(view.id, { ...query, page: page - 1 }) : undefined}
          nextHref={page < pageCount ? mappingsHref(view.id, { ...query, page: page + 1 }) : undefined}
        />
      )}
      <OpenedOnce open={asked?.kind === "add"}>
        <AddMappingDialog
          open={asked?.kind === "add"}
          organization={asked?.row.organization ?? null}
          actions={actions}
          onClose={close}
        />
      </OpenedOnce>
      <OpenedOnce open={asked?.kind === "disconnect"}>
        <DisconnectOwnDialog
          open={asked?.kind === "disconnect"}
          organization={asked?.row.organization ?? null}
          entityId={asked?.row.mapping?.entityId ?? view.defaultEntityId}
          hasOwnTokenUrl={asked?.row.connection?.hasOwnTokenUrl === true}
          acts={acts}
          onClose={close}
        />
      </OpenedOnce>
      <OpenedOnce open={asked?.kind === "remove"}>
        <RemoveMappingDialog
          open={asked?.kind === "remove"}
          organization={asked?.row.organization ?? null}
          overrides={asked?.row.mapping?.overrides ?? 0}
          hasOwnConnection={asked?.row.connection?.source === "organization"}
          actions={actions}
          onClose={close}
          onRemoved={() => void acts.refresh()}
        />
      </OpenedOnce>
    </>
  );
}

const TIGHT = "sm:py-1.5!";
/** On a card a line that says nothing is left out. */
const OPTIONAL = `${TIGHT} max-sm:[&:has([data-nothing])]:hidden`;

function Nothing({ children = "–" }: { children?: string }) {
  return (
    <span data-nothing className="text-faint">
      {children}
    </span>
  );
}

function columnsFor(
  id: string,
  defaultEntityId: string | null,
  usesOAuth: boolean,
): DataColumn<MappingRow>[] {
  const connection: DataColumn<MappingRow> = {
    key: "connection",
    header: "Connection",
    className: OPTIONAL,
    cell: (row) =>
      row.connection ? (
        <Connection row={row} connection={row.connection} defaultEntityId={defaultEntityId} />
      ) : (
        <Nothing />
      ),
  };
  return [
    {
      key: "organization",
      header: "Organization",
      bare: true,
      className: `${TIGHT} sm:w-[20%]`,
      cell: ({ organization, mapping }) => (
        <span className="flex flex-wrap items-center gap-x-2">
          {organization.isActive ? (
            <Link
              prefetch={false}
              href={mappingHref(id, organization.id)}
              className={`rounded wrap-anywhere hover:underline max-sm:inline-flex max-sm:min-h-11 max-sm:items-center max-sm:text-lg ${mapping ? "font-medium" : "text-muted"}`}
            >
              {organization.name}
            </Link>
          ) : (
            <span className="wrap-anywhere text-muted max-sm:text-lg">{organization.name}</span>
          )}
          {!organization.isActive && <Badge tone="outline">Deactivated</Badge>}
        </span>
      ),
    },
    {
      key: "entity",
      header: "Entity",
      className: `${OPTIONAL} sm:w-[23%]`,
      cell: ({ mapping }) => {
        if (!mapping) return <Nothing>Not mapped</Nothing>;
        const entityId = mapping.entityId ?? defaultEntityId;
        return (
          <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
            {entityId === null ? (
              <span className="text-muted">none</span>
            ) : (
              <code className="font-mono text-sm wrap-anywhere">{entityId}</code>
            )}
            {mapping.entityId === null && entityId !== null && <Badge>default</Badge>}
            {mapping.entityName && <span className="text-sm text-muted">{mapping.entityName}</span>}
          </span>
        );
      },
    },
    {
      key: "overrides",
      header: "Overrides",
      align: "right",
      className: OPTIONAL,
      cell: ({ mapping }) => (mapping && mapping.overrides > 0 ? mapping.overrides : <Nothing />),
    },
    ...(usesOAuth ? [connection] : []),
  ];
}

interface ConnectionProps {
  row: MappingRow;
  connection: NonNullable<MappingRow["connection"]>;
  defaultEntityId: string | null;
}

function Connection({ row, connection, defaultEntityId }: ConnectionProps) {
  if (!row.mapping) return <Nothing />;
  const { source, status, waiting, account, reason, entityId } = connection;
  const isOwn = source === "organization";
  const mismatch = mismatchInWords(connection, row.mapping.entityId ?? defaultEntityId);
  return (
    <div className="min-w-0" title={reason ?? undefined}>
      <span className="flex flex-wrap items-center gap-x-2">
        <span className={classNames("min-w-13 text-sm", isOwn ? "font-medium" : "text-muted")}>
          {sourceWord(source)}
        </span>
        {(source !== null || waiting) && (
          <StatusBadge
            status={status}
            waiting={waiting && (!isOwn || status === "not_connected")}
            className="sm:-my-0.5"
          />
        )}
      </span>
      {(account || mismatch) && (
        <span className="mt-0.5 flex flex-wrap items-baseline gap-x-3 text-sm text-muted">
          {account && <span className="min-w-0 wrap-anywhere">{account}</span>}
          {mismatch && (
            <span title={mismatch} className="inline-flex items-baseline gap-1 font-medium text-ink">
              <TriangleAlert aria-hidden className="size-3.5 shrink-0 self-center" />
              <span aria-hidden>for {entityId ?? "another entity"}</span>
              <span className="sr-only">{mismatch}</span>
            </span>
          )}
        </span>
      )}
    </div>
  );
}
