import type { DuckDBConnection } from '@duckdb/node-api';
import { done, failed, reasonOf, type Outcome } from '#agent/outcome.ts';
import { KindRefusal, type KindAnswer, type KindRequest, type Piece } from '#agent/resources/kind.ts';
import { CONTENT_TYPES, renderRows, type RowPiece } from './output.ts';
import { parseRowQuery, type RowQuery, type RowScope } from './query.ts';
import type { DataSource } from './source.ts';
import { scopeOf } from './terms.ts';

/** Answers `GET …/rows`: the query is checked at once, and runs when the body is read. */
export function answerRows(request: KindRequest, source: DataSource | undefined): Promise<KindAnswer> {
  try {
    return Promise.resolve(decideAnswer(request, source));
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

function decideAnswer(request: KindRequest, source: DataSource | undefined): KindAnswer {
  const { agreement } = request.order;
  if (request.path !== '/rows') {
    const sentence = `There is nothing here. The link of order O-${agreement} is /v1/agreements/${agreement}/rows.`;
    throw new KindRefusal({ status: 404, reason: 'not-found', agreement, sentence });
  }
  const scope = scopeOf(request.order);
  if (source === undefined || !scope.ok) {
    const sentence = `Order O-${agreement} cannot be served: its data is not available at the provider. Intervals not served are not charged.`;
    throw new KindRefusal({ status: 503, reason: 'source-unavailable', agreement, retryAfterS: 30, sentence });
  }
  const query = parseRowQuery(request.queryString, scope.value, source);
  if (!query.ok) throw new KindRefusal({ status: 400, reason: 'query-invalid', agreement, sentence: query.sentence });
  const { format } = query.value;
  return {
    status: 200,
    headers: {
      'Content-Type': CONTENT_TYPES[format],
      'Content-Disposition': `attachment; filename="O-${agreement}.${format}"`,
    },
    body: runQuery(request, source, query.value),
  };
}

/** How many rows pass what a strategy shares, or why that cannot be told: no row of it can be served then. */
export async function countShared(scope: RowScope, source: DataSource): Promise<Outcome<number>> {
  const query = parseRowQuery('', scope, source);
  if (!query.ok) return query;
  const { where } = query.value;
  let connection: DuckDBConnection | undefined;
  try {
    connection = await source.connect();
    const statement = `SELECT count(*) FROM source${where === null ? '' : ` WHERE ${where.sql}`}`;
    const prepared = await connection.prepare(statement);
    prepared.bind([...(where?.values ?? [])]);
    const found = await prepared.runAndReadAll();
    return done(Number(found.getRows()[0]?.[0] ?? 0));
  } catch (error) {
    const reason = isMisfit(error) ? 'a value in it does not fit the type of its column' : reasonOf(error);
    return failed(`the row filter of its strategy cannot be evaluated: ${reason}`);
  } finally {
    connection?.closeSync();
  }
}

/** The connection lives as long as the body is read: ending it early, or the request's end, interrupts the query. */
async function* runQuery(request: KindRequest, source: DataSource, query: RowQuery): AsyncGenerator<Piece> {
  const connection = await source.connect();
  const interrupt = (): void => connection.interrupt();
  request.signal.addEventListener('abort', interrupt);
  const pieces = renderRows(source, connection, query);
  try {
    if (request.signal.aborted) return;
    for await (const { bytes, rows } of pieces) yield { bytes, used: { rows } };
  } catch (error) {
    throw refusalOf(error, request);
  } finally {
    request.signal.removeEventListener('abort', interrupt);
    await closeQuietly(pieces, connection);
  }
}

/** Whether a value of a filter could not be cast to the type that it is compared with. */
function isMisfit(error: unknown): boolean {
  return /^(Conversion|Out of Range|Invalid Input) Error/.test(reasonOf(error));
}

/** What the customer can correct, as a refusal; the rest is the provider's failure, also a value in the strategy's own filter. */
function refusalOf(error: unknown, { order: { agreement }, queryString }: KindRequest): unknown {
  if (!isMisfit(error) || !/(^|&)filter=/.test(queryString)) return error;
  const sentence = 'A value in the filter does not fit the type of its column.';
  return new KindRefusal({ status: 400, reason: 'query-invalid', agreement, sentence });
}

/** A generator that waits inside the engine has to come back before its connection is closed. */
async function closeQuietly(pieces: AsyncGenerator<RowPiece>, connection: DuckDBConnection): Promise<void> {
  try {
    connection.interrupt();
    await pieces.return(undefined);
  } catch {
    // The query's own failure is on its way to whoever reads the body.
  }
  connection.closeSync();
}
