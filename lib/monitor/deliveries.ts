import 'server-only';
import type { Database } from '#lib/database-session.ts';
import type { Connector } from './connector.ts';
import { webhookHeaders } from './webhook-signature.ts';

/** Between two attempts; when none is left, it is given up. As Standard Webhooks proposes, 28 hours in all. */
const PAUSES_MS = [5_000, 30_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000];
const CALL_MS_MAX = 15_000;
const ANSWER_BYTES_MAX = 4_096;
const UNDER_WAY_MAX = 16;
/** The receiver wants no more of them. */
const GONE = 410;

interface DeliveryRow {
  id: string;
  body: string;
  attempts: number;
  url: string;
  secret: string;
}

export interface Attempt {
  readonly id: string;
  readonly attempts: number;
  readonly status: number | null;
  readonly sentence: string;
  readonly isDelivered: boolean;
  /** Null: there is no next one. */
  readonly nextAtMs: number | null;
}

/** Sends what the alerts' transactions have left to be told. */
export interface Deliveries {
  /** Writes what came of the last ones, which it answers, then sends what is due. */
  tick(database: Database, nowMs: number): Promise<readonly Attempt[]>;
}

export function createDeliveries(connector: Connector): Deliveries {
  const underWay = new Set<string>();
  const done: Attempt[] = [];

  const attempt = async (row: DeliveryRow, atMs: number): Promise<void> => {
    const { id, body, url, secret } = row;
    const attempts = row.attempts + 1;
    // The same id at every attempt: a receiver that had it, and whose answer was lost, knows it again.
    const headers = { 'content-type': 'application/json', ...webhookHeaders(secret, { id: `msg_${id}`, atMs, body }) };
    const called = await connector({
      url,
      method: 'POST',
      headers,
      body,
      timeoutMs: CALL_MS_MAX,
      bytesMax: ANSWER_BYTES_MAX,
    });
    const status = called.ok ? called.status : null;
    const isDelivered = status !== null && status >= 200 && status < 300;
    const pauseMs = PAUSES_MS[row.attempts];
    const isOver = isDelivered || status === GONE || pauseMs === undefined;
    const sentence = called.ok ? `It answered ${called.status}.` : called.sentence;
    done.push({ id, attempts, status, sentence, isDelivered, nextAtMs: isOver ? null : Date.now() + pauseMs });
  };

  return {
    async tick(database, nowMs) {
      const written: Attempt[] = [];
      for (let next = done[0]; next !== undefined; next = done[0]) {
        const { id, attempts, status, sentence, isDelivered, nextAtMs } = next;
        const nextAt = nextAtMs === null ? null : new Date(nextAtMs).toISOString();
        await database.query(
          `UPDATE monitoring.deliveries SET "attempts" = $2, "status" = $3, "sentence" = $4, "nextAt" = $5,
             "deliveredAt" = CASE WHEN $6 THEN clock_timestamp() END WHERE "id" = $1`,
          [id, attempts, status, sentence, nextAt, isDelivered],
        );
        done.shift();
        written.push(next);
        underWay.delete(id);
      }
      const room = UNDER_WAY_MAX - underWay.size;
      if (room <= 0) return written;
      const { rows } = await database.query<DeliveryRow>(
        `SELECT d."id", d."body", d."attempts", w."url", w."secret" FROM monitoring.deliveries d JOIN monitoring.webhooks w ON w."id" = d."webhook"
         WHERE d."nextAt" <= $1 AND w."isEnabled" AND d."id" <> ALL($2::bigint[]) ORDER BY d."nextAt" LIMIT $3`,
        [new Date(nowMs).toISOString(), [...underWay], room],
      );
      for (const row of rows) {
        underWay.add(row.id);
        void attempt(row, nowMs);
      }
      return written;
    },
  };
}
