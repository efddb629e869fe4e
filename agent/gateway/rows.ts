import type { ServerResponse } from 'node:http';
import type { DuckDBConnection } from '@duckdb/node-api';
import { JournalFailure } from '#agent/journal.ts';
import { reasonOf } from '#agent/outcome.ts';
import { CONTENT_TYPES, renderRows, type Piece } from '#agent/resources/data/output.ts';
import type { RowQuery } from '#agent/resources/data/query.ts';
import type { DataSource } from '#agent/resources/data/source.ts';
import { sendProblem, type Problem } from './problem.ts';

/** An answer up to this size is known before it starts: it gets a length, and is refused whole when it does not fit the allowance. */
const KNOWN_BYTES_MAX = 1024 * 1024;
/** Bytes counted and sent at a time. */
export const PIECE_BYTES_MAX = 64 * 1024;
const STALL_MS_MAX = 30_000;

/** What serving needs from outside; `take` counts before bytes leave and answers how many of them may. */
export interface RowService {
  readonly agreement: number;
  readonly source: DataSource;
  readonly query: RowQuery;
  readonly response: ServerResponse;
  /** Aborted at the end of the window, of the order, of the time for a query, or when the customer goes away. */
  readonly signal: AbortSignal;
  /** Counts one call, if one is left; the problem otherwise. Durable when it returns. */
  startCall(bytesKnown: number | null): Problem | null;
  /** Counts rows and bytes, fewer than asked when the allowance ends. Durable when it returns. */
  take(asked: { rows: number; bytes: number }): { bytes: number };
  log(sentence: string): void;
}

/** Runs the query and streams it; answers when the last byte was handed over, or the answer was cut. */
export async function serveRows(service: RowService): Promise<void> {
  const connection = await service.source.connect();
  const interrupt = (): void => connection.interrupt();
  service.signal.addEventListener('abort', interrupt);
  const pieces = renderRows(service.source, connection, service.query);
  try {
    await answer(service, pieces);
  } catch (error) {
    refuseQuery(service, error);
  } finally {
    service.signal.removeEventListener('abort', interrupt);
    await closeQuietly(pieces, connection);
  }
}

async function answer(service: RowService, pieces: AsyncGenerator<Piece>): Promise<void> {
  const { response, query, agreement } = service;
  const head = await readAhead(pieces);
  const bytesKnown = head.isWhole ? head.bytes : null;
  if (service.signal.aborted) throw new Error('INTERRUPT');
  const refused = service.startCall(bytesKnown);
  if (refused !== null) {
    sendProblem(response, refused);
    return;
  }
  response.statusCode = 200;
  response.setHeader('Content-Type', CONTENT_TYPES[query.format]);
  response.setHeader('Content-Disposition', `attachment; filename="O-${agreement}.${query.format}"`);
  if (bytesKnown !== null) response.setHeader('Content-Length', bytesKnown);
  response.flushHeaders();
  for (const piece of head.pieces) {
    if (!(await sendPiece(service, piece))) return;
  }
  if (!head.isWhole) {
    for await (const piece of pieces) {
      if (!(await sendPiece(service, piece))) return;
    }
  }
  response.end();
}

async function readAhead(pieces: AsyncGenerator<Piece>): Promise<{ pieces: Piece[]; bytes: number; isWhole: boolean }> {
  const read: Piece[] = [];
  let bytes = 0;
  while (bytes <= KNOWN_BYTES_MAX) {
    const next = await pieces.next();
    if (next.done === true) return { pieces: read, bytes, isWhole: true };
    read.push(next.value);
    bytes += next.value.bytes.length;
  }
  return { pieces: read, bytes, isWhole: false };
}

/** False when the answer was cut: the connection is closed without an end, so that the receiver can tell. */
async function sendPiece(service: RowService, piece: Piece): Promise<boolean> {
  const { response, signal } = service;
  for (let offset = 0; offset < piece.bytes.length; offset += PIECE_BYTES_MAX) {
    const slice = piece.bytes.subarray(offset, offset + PIECE_BYTES_MAX);
    const isLast = offset + slice.length >= piece.bytes.length;
    if (signal.aborted || response.destroyed) {
      response.destroy();
      return false;
    }
    const taken = service.take({ rows: isLast ? piece.rows : 0, bytes: slice.length });
    const isFlowing = taken.bytes > 0 ? response.write(slice.subarray(0, taken.bytes)) : true;
    if (taken.bytes < slice.length) {
      // What was counted is still sent; destroying at once could throw it away.
      await flushed(response, signal);
      response.destroy();
      return false;
    }
    if (!isFlowing && !(await flushed(response, signal))) {
      response.destroy();
      return false;
    }
  }
  return true;
}

/** Waits until the network took what was written: false when it did not in time, or the answer was cut meanwhile. */
function flushed(response: ServerResponse, signal: AbortSignal): Promise<boolean> {
  if (response.writableLength === 0) return Promise.resolve(true);
  return new Promise((resolve) => {
    const finish = (isFlushed: boolean) => (): void => {
      clearTimeout(timer);
      response.off('drain', onDrain);
      response.off('close', onClose);
      signal.removeEventListener('abort', onClose);
      resolve(isFlushed);
    };
    const onDrain = finish(true);
    const onClose = finish(false);
    const timer = setTimeout(onClose, STALL_MS_MAX);
    response.once('drain', onDrain);
    response.once('close', onClose);
    signal.addEventListener('abort', onClose, { once: true });
  });
}

function refuseQuery(service: RowService, error: unknown): void {
  const { response, agreement, signal } = service;
  if (error instanceof JournalFailure) throw error;
  const reason = reasonOf(error);
  if (signal.aborted && signal.reason !== null && typeof signal.reason === 'object' && 'status' in signal.reason) {
    sendProblem(response, signal.reason as Problem);
    return;
  }
  if (/^(Conversion|Out of Range|Invalid Input) Error/.test(reason)) {
    const sentence = 'A value in the filter does not fit the type of its column.';
    sendProblem(response, { status: 400, reason: 'query-invalid', agreement, sentence });
    return;
  }
  service.log(`Order O-${agreement}: the query failed: ${reason}`);
  const sentence = 'The provider’s gateway could not answer; nothing was counted for this call.';
  sendProblem(response, { status: 500, reason: 'failed', agreement, sentence });
}

/** A generator that waits inside the engine has to come back before its connection is closed. */
async function closeQuietly(pieces: AsyncGenerator<Piece>, connection: DuckDBConnection): Promise<void> {
  try {
    connection.interrupt();
    await pieces.return(undefined);
  } catch {
    // The query's own failure was answered above.
  }
  connection.closeSync();
}
