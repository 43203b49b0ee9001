import pg from "pg";

const CHUNK_BYTES = 65_536;

/** What pg calls on a query it is given (node-postgres' `Submittable`), as far as COPY FROM STDIN needs it. */
interface Wire {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  stream: NodeJS.WritableStream & { writableNeedDrain: boolean };
}

/**
 * COPY … FROM STDIN (PostgreSQL's text format) of rows made on the way, without a statement a row.
 * @returns how many rows
 */
export async function copyRows(
  url: string,
  table: string,
  columns: readonly string[],
  rows: Iterable<readonly unknown[]>,
): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // The table is the bench's alone: neither triggers nor foreign keys are asked row by row.
    await client.query("SET session_replication_role = replica");
    const names = columns.map((column) => `"${column}"`).join(", ");
    return await new Promise<number>((resolve, reject) => {
      let count = 0;
      client.query({
        submit: (wire: Wire) => wire.query(`COPY "${table}" (${names}) FROM STDIN`),
        handleCopyInResponse: async (wire: Wire) => {
          let text = "";
          const flush = async () => {
            wire.sendCopyFromChunk(Buffer.from(text));
            text = "";
            if (wire.stream.writableNeedDrain)
              await new Promise<void>((drained) => wire.stream.once("drain", () => drained()));
          };
          for (const row of rows) {
            text += `${row.map(field).join("\t")}\n`;
            count++;
            if (text.length > CHUNK_BYTES) await flush();
          }
          await flush();
          wire.endCopyFrom();
        },
        handleError: reject,
        handleCommandComplete: () => undefined,
        handleReadyForQuery: () => resolve(count),
      } as never);
    });
  } finally {
    await client.end();
  }
}

function field(value: unknown): string {
  if (value === null || value === undefined) return "\\N";
  const text = value instanceof Date ? value.toISOString() : String(value);
  return text.replace(/[\\\t\n\r]/g, (character) => `\\${character}`);
}
