/**
 * The demo makes organizations and an admin, so it has a database of its own.
 *
 * @throws {Error} one line, when a database is set that it would fill instead
 */
export function requireOwnDatabase() {
  if (!process.env["DATABASE_URL"]) return;
  throw new Error(
    "The demo has a database of its own and does not touch the one that DATABASE_URL names. Start it without: DATABASE_URL= npm start -- --demo",
  );
}
