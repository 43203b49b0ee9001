import pg, { type Pool } from "pg";

const CHANNEL = "bifrost_connection";
const RECONNECT_MS = 1_000;
/** Notices can be missed; the row is read again at least this often. */
const LOOK_AGAIN_MS = 1_000;

interface Outgoing {
  ids: Set<string>;
  next: Promise<void> | null;
  sending: Promise<void>;
}

const outgoing = new WeakMap<Pool, Outgoing>();

/**
 * Tells every process that a connection changed: in a statement of its own, as it would serialise the commits inside one,
 * together with the others that changed while the one before was on its way.
 */
export function announceChange(pool: Pool, connectionId: string): Promise<void> {
  const post = outgoing.get(pool) ?? { ids: new Set(), next: null, sending: Promise.resolve() };
  outgoing.set(pool, post);
  post.ids.add(connectionId);
  post.next ??= post.sending.then(async () => {
    const values = [CHANNEL, [...post.ids]];
    post.ids.clear();
    post.sending = post.next ?? post.sending;
    post.next = null;
    // Whoever misses the notice looks again within a second; a failure here must not undo what is stored.
    await pool
      .query({ name: "notify", text: "SELECT pg_notify($1, id) FROM unnest($2::text[]) AS id", values })
      .catch(() => undefined);
  });
  return post.next;
}

interface Watch {
  waiters: Map<string, Set<() => void>>;
  client: pg.Client | null;
  isOver: boolean;
}

const watches = new WeakMap<Pool, Watch>();

/** Resolves when the connection may have changed: at a notice, when listening began anew, or after a second. */
export function untilChanged(pool: Pool, connectionId: string): Promise<void> {
  const { waiters } = watchOf(pool);
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      const others = waiters.get(connectionId);
      others?.delete(done);
      if (others?.size === 0) waiters.delete(connectionId);
      resolve();
    };
    const timer = setTimeout(done, LOOK_AGAIN_MS);
    const others = waiters.get(connectionId) ?? new Set();
    waiters.set(connectionId, others.add(done));
  });
}

function watchOf(pool: Pool): Watch {
  const existing = watches.get(pool);
  if (existing) return existing;
  const watch: Watch = { waiters: new Map(), client: null, isOver: false };
  watches.set(pool, watch);
  void listen(pool, watch);
  return watch;
}

/** One direct connection per process; it keeps no process alive and comes back when it is lost. */
async function listen(pool: Pool, watch: Watch): Promise<void> {
  const client = new pg.Client(pool.options);
  watch.client = client;
  const wakeAll = () => {
    for (const set of watch.waiters.values()) for (const wake of set) wake();
  };
  const again = () => {
    if (!watch.isOver) setTimeout(() => void listen(pool, watch), RECONNECT_MS).unref();
  };
  client.on("notification", ({ payload }) => {
    for (const wake of watch.waiters.get(payload ?? "") ?? []) wake();
  });
  client.on("error", () => undefined);
  client.once("end", again);
  try {
    await client.connect();
    (client as pg.Client & { unref(): void }).unref();
    await client.query(`LISTEN ${CHANNEL}`);
    wakeAll();
  } catch {
    await client.end().catch(() => undefined);
  }
}

/** Ends the listening that {@link untilChanged} began; part of closing the database. */
export async function stopListening(pool: Pool): Promise<void> {
  const watch = watches.get(pool);
  if (!watch) return;
  watch.isOver = true;
  watches.delete(pool);
  await watch.client?.end().catch(() => undefined);
}
