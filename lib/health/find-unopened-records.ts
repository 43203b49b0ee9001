import type { Keyring } from "@/lib/crypto/keyring";
import { UnsealError, unseal } from "@/lib/crypto/seal";
import type { Database } from "@/lib/db/client";
import { SEALED_COLUMNS, type SealedTable } from "./sealed-columns.ts";

/** Records of one column, sealed with one key, that the key list does not open. */
export interface UnopenedRecords {
  table: string;
  column: string;
  /** As it stands in front of the sealed text; null where that is none. */
  keyId: string | null;
  /** `missing`: the list has no key of that id. `other`: it has another one by that id, or a record was altered. */
  reason: "missing" | "other" | "malformed";
  /** With `other`, which is told by a few that do not open: at most so many. */
  count: number;
  /** Some of them, by the names that the screens show. */
  names: string[];
}

export interface Search {
  found: UnopenedRecords[];
  /** False when it was stopped before it had seen every record. */
  isComplete: boolean;
}

export interface SearchOptions {
  /** Asked between two queries, each of which takes a moment. */
  shouldStop?: () => boolean;
}

/** Read at a time: a fraction of a second, so that nothing waits long for the database and nothing is held open. */
const BATCH_ROWS = 10_000;
const MOST_NAMES = 10;
/** As long as `v1.<key id>.` can be: of a long text stored apart, no more is read than its beginning. */
const HEAD_CHARACTERS = 36;

interface Tally {
  column: string;
  keyId: string | null;
  count: number;
  /** The first few, and the last one: as a rule the oldest and the newest. */
  ids: string[];
  last: string;
}

/**
 * Reads the key id in front of every sealed text, and opens the oldest and the newest record of each key that the list has.
 * A million connections take half a minute: it is for a start and the operator's command line, never for a request.
 */
export async function findUnopenedRecords(
  { db, keyring }: { db: Database; keyring: Keyring },
  { shouldStop = () => false }: SearchOptions = {},
): Promise<Search> {
  const found: UnopenedRecords[] = [];
  for (const table of SEALED_COLUMNS) {
    const { tallies, isComplete } = await tallyKeys(db, table, shouldStop);
    for (const tally of tallies) {
      const unopened = await judge(db, keyring, table, tally);
      if (unopened) found.push(unopened);
    }
    if (!isComplete) return { found, isComplete };
  }
  return { found, isComplete: true };
}

/** How many values of each column each key sealed. */
async function tallyKeys(
  db: Database,
  { table, columns }: SealedTable,
  shouldStop: () => boolean,
): Promise<{ tallies: Tally[]; isComplete: boolean }> {
  const heads = Object.keys(columns).map(
    (column) => `('${column}', substr(t."${column}", 1, ${HEAD_CHARACTERS}))`,
  );
  const tallies = new Map<string, Tally>();
  let after: string | null = "00000000-0000-0000-0000-000000000000";
  while (after !== null) {
    if (shouldStop()) return { tallies: [...tallies.values()], isComplete: false };
    const ends: { rows: { id: string }[] } = await db.pool.query(
      `SELECT "id" FROM "${table}" WHERE "id" > $1::uuid ORDER BY "id" OFFSET ${BATCH_ROWS - 1} LIMIT 1`,
      [after],
    );
    const end: string | null = ends.rows[0]?.id ?? null;
    const { rows } = await db.pool.query<Tally>(
      `SELECT s.name AS "column", CASE WHEN s.head LIKE 'v1.%' THEN split_part(s.head, '.', 2) END AS "keyId",
         count(*)::int AS "count", (array_agg(t."id"::text))[1:${MOST_NAMES}] AS "ids",
         (array_agg(t."id"::text))[count(*)::int] AS "last"
       FROM "${table}" t CROSS JOIN LATERAL (VALUES ${heads.join(", ")}) s(name, head)
       WHERE s.head IS NOT NULL AND t."id" > $1::uuid AND ($2::uuid IS NULL OR t."id" <= $2::uuid)
       GROUP BY 1, 2`,
      [after, end],
    );
    for (const row of rows) add(tallies, row);
    after = end;
  }
  return { tallies: [...tallies.values()], isComplete: true };
}

function add(tallies: Map<string, Tally>, row: Tally): void {
  const name = `${row.column} ${row.keyId}`;
  const former = tallies.get(name);
  if (!former) return void tallies.set(name, row);
  const ids = [...former.ids, ...row.ids].slice(0, MOST_NAMES);
  tallies.set(name, { ...former, count: former.count + row.count, ids, last: row.last });
}

async function judge(
  db: Database,
  keyring: Keyring,
  table: SealedTable,
  { column, keyId, count, ids, last }: Tally,
): Promise<UnopenedRecords | null> {
  const unopened = { table: table.table, column, keyId, count };
  if (keyId === null || !keyring.keys.has(keyId)) {
    const reason = keyId === null ? "malformed" : "missing";
    return { ...unopened, reason, names: await namesOf(db, table, ids) };
  }
  const closed = await listClosed(db, keyring, table, column, [...ids.slice(0, 1), last]);
  if (closed.length === 0) return null;
  return { ...unopened, reason: "other", names: await namesOf(db, table, closed) };
}

async function listClosed(
  db: Database,
  keyring: Keyring,
  { table, columns }: SealedTable,
  column: string,
  ids: string[],
): Promise<string[]> {
  const { rows } = await db.pool.query<{ id: string; sealed: string }>(
    `SELECT "id", "${column}" AS "sealed" FROM "${table}" WHERE "id" = ANY($1::uuid[]) AND "${column}" IS NOT NULL`,
    [ids],
  );
  return rows
    .filter(({ id, sealed }) => !opens(keyring, { table, id, field: columns[column] ?? column }, sealed))
    .map(({ id }) => id);
}

function opens(keyring: Keyring, place: Parameters<typeof unseal>[1], sealed: string): boolean {
  try {
    unseal(keyring, place, sealed);
    return true;
  } catch (error) {
    if (error instanceof UnsealError) return false;
    throw error;
  }
}

async function namesOf(db: Database, { table, name, joins }: SealedTable, ids: string[]): Promise<string[]> {
  const { rows } = await db.pool.query<{ name: string }>(
    `SELECT ${name} AS "name" FROM "${table}" t ${joins} WHERE t."id" = ANY($1::uuid[]) ORDER BY t."id"`,
    [ids],
  );
  return rows.map((row) => row.name);
}
