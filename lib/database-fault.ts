/** Faults as the adapter names them that mean: no connection, or none that answers. */
const AWAY_KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections']);
/** Prisma's own: unreachable, timed out, closed, no connection free in the pool or for a transaction, too many connections. */
const AWAY_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037']);
/** SQLSTATE classes 08 and 57P (connection, shutdown) and 53300, and what sockets say. */
const AWAY_STATES =
  /^(08...|57P0.|53300|ECONN(REFUSED|RESET)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** What the client says without a code when the server is killed under it, or gives no connection in time. */
const AWAY_WORDS =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

interface Fault {
  code?: unknown;
  message?: unknown;
  meta?: { driverAdapterError?: { cause?: { kind?: unknown; originalCode?: unknown } } };
}

/** True when an error means that PostgreSQL is away, going down or coming up, whoever reports it: what failed may be tried again. */
export function isDatabaseAway(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { code, message, meta } = error as Fault;
  const { kind, originalCode } = meta?.driverAdapterError?.cause ?? {};
  if (typeof kind === 'string' && AWAY_KINDS.has(kind)) return true;
  if ([code, originalCode].some((each) => typeof each === 'string' && AWAY_STATES.test(each))) return true;
  if (typeof code === 'string') return AWAY_CODES.has(code);
  return typeof message === 'string' && AWAY_WORDS.test(message);
}
