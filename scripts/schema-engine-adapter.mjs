import { randomUUID } from "node:crypto";

import { PrismaPg } from "@prisma/adapter-pg";
import { ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import pg from "pg";

/** @typedef {import("@prisma/driver-adapter-utils").SqlDriverAdapter} Adapter */
/** @typedef {import("@prisma/driver-adapter-utils").SqlMigrationAwareDriverAdapterFactory} Factory */

/**
 * @typedef {object} Internals what adapter-pg 7.10.1 has inside; a test keeps watch
 * @property {(query: import("@prisma/driver-adapter-utils").SqlQuery) => Promise<{ fields: { dataTypeID: number }[], rows: unknown[] }>} performIO
 * @property {(error: unknown) => never} onError
 */

const CHAR_OID = 18;
const BPCHAR_OID = 1042;
/** Of what Prisma writes into a URL, what pg does not know. */
const PRISMA_PARAMETERS = [
  "schema",
  "connection_limit",
  "pool_timeout",
  "pgbouncer",
  "statement_cache_size",
  "sslaccept",
];

/**
 * adapter-pg, mended where the schema engine needs more of it than the query path does.
 *
 * @implements {Factory}
 */
export class SchemaEngineAdapterFactory {
  provider = /** @type {const} */ ("postgres");
  adapterName = "@prisma/adapter-pg";

  /** @param {string | undefined} url undefined for what needs no database, such as a diff of two schema files */
  constructor(url) {
    this.url = url;
    /** @type {Map<Adapter, () => Promise<void>>} */
    this.open = new Map();
  }

  /** @param {string} url @returns {{ connectionString: string, schema: string | undefined }} */
  static split(url) {
    const parsed = new URL(url);
    const schema = parsed.searchParams.get("schema") ?? undefined;
    for (const name of PRISMA_PARAMETERS) parsed.searchParams.delete(name);
    return { connectionString: parsed.href, schema };
  }

  async connect() {
    return this.#adapt(this.#require(), async () => {});
  }

  /**
   * adapter-pg's own would replay the migrations on the main database whenever the connection is given as a string,
   * because pg lets the database in the string win.
   */
  async connectToShadowDb() {
    const main = this.#require();
    const name = `bifrost_shadow_${randomUUID().replaceAll("-", "")}`;
    const shadow = new URL(main);
    shadow.pathname = `/${name}`;
    await execute(main, `CREATE DATABASE "${name}"`);
    const adapter = await this.#adapt(shadow.href, () =>
      execute(main, `DROP DATABASE "${name}" WITH (FORCE)`),
    );
    const { rows } = await adapter.queryRaw({ sql: "SELECT current_database()", args: [], argTypes: [] });
    if (rows[0]?.[0] !== name) {
      await adapter.dispose();
      throw new Error("The shadow database is not the one that was made for it.");
    }
    return adapter;
  }

  async close() {
    for (const dispose of this.open.values()) await dispose();
  }

  #require() {
    if (this.url === undefined) throw new Error("DATABASE_URL is not set.");
    return this.url;
  }

  /** @param {string} url @param {() => Promise<void>} after @returns {Promise<Adapter>} */
  async #adapt(url, after) {
    const { connectionString, schema } = SchemaEngineAdapterFactory.split(url);
    // One session: the engine's advisory lock and its SET statements belong to the connection that made them.
    const pool = new pg.Pool({ connectionString, max: 1, connectionTimeoutMillis: 10_000 });
    // A connection that ends while idle (the shadow database being dropped) is no failure.
    pool.on("error", () => {});
    // A rejected password or a missing database is told here, not at the engine's first query.
    try {
      (await pool.connect()).release();
    } catch (error) {
      await pool.end();
      throw error;
    }
    const adapter = reportCharColumns(
      await new PrismaPg(pool, schema === undefined ? {} : { schema }).connect(),
    );
    const dispose = async () => {
      if (!this.open.delete(adapter)) return;
      await pool.end();
      await after();
    };
    this.open.set(adapter, dispose);
    /** @param {unknown} error */
    const fail = (error) => adapter.onError(error);
    return Object.assign(adapter, {
      dispose,
      /** As one: adapter-pg splits at every semicolon, through the middle of a function's body. @param {string} script */
      executeScript: (script) => pool.query(script).then(() => undefined, fail),
    });
  }
}

/**
 * The catalogue's type `"char"`, which adapter-pg knows no name for, is a character.
 *
 * @param {Adapter} adapter
 * @returns {Adapter & Internals}
 */
function reportCharColumns(adapter) {
  const open = /** @type {Adapter & Internals} */ (adapter);
  const performIO = open.performIO.bind(adapter);
  const queryRaw = adapter.queryRaw.bind(adapter);
  /** @type {WeakMap<unknown[], number[]>} */
  const charColumns = new WeakMap();
  return Object.assign(open, {
    /** @type {Internals["performIO"]} */
    async performIO(query) {
      const result = await performIO(query);
      charColumns.set(
        result.rows,
        result.fields.flatMap(({ dataTypeID }, index) => (dataTypeID === CHAR_OID ? [index] : [])),
      );
      return {
        ...result,
        fields: result.fields.map((field) =>
          field.dataTypeID === CHAR_OID ? { ...field, dataTypeID: BPCHAR_OID } : field,
        ),
      };
    },
    /** @type {Adapter["queryRaw"]} */
    async queryRaw(query) {
      const result = await queryRaw(query);
      for (const index of charColumns.get(result.rows) ?? [])
        result.columnTypes[index] = ColumnTypeEnum.Character;
      return result;
    },
  });
}

/** @param {string} url @param {string} sql */
async function execute(url, sql) {
  const client = new pg.Client({ connectionString: SchemaEngineAdapterFactory.split(url).connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
