import type { Database, Tx } from "./client";

/**
 * The database as seen from inside a transaction: verbs that are given it join that transaction instead of opening their
 * own, so that several of them succeed together or not at all.
 */
export function joinTransaction(db: Database, tx: Tx): Database {
  const prisma = new Proxy(tx, {
    get(target, key): unknown {
      if (key === "$transaction") return (work: (tx: Tx) => Promise<unknown>) => work(tx);
      const member: unknown = Reflect.get(target, key);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  return { ...db, prisma: prisma as unknown as Database["prisma"] };
}
