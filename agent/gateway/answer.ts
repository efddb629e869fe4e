import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'koa';
import type { KindAnswer, Piece } from '#agent/resources/kind.ts';
import type { AskedPiece } from './allowance.ts';
import { closeAfterBody, sendProblem } from './reply.ts';
import type { Problem } from './problem.ts';
import { Reader } from './unread.ts';

/** An answer up to this size is known before it starts: it gets a length, and is refused whole when it does not fit the allowance. */
const KNOWN_BYTES_MAX = 1024 * 1024;
/** Bytes handed to the network at a time, each piece counted before: a quarter of what this answer has sent, within these bounds. */
const PIECE_BYTES_MIN = 64 * 1024;
const PIECE_BYTES_MAX = 256 * 1024;
/**
 * A sync of the disk for each piece costs more than all the rest of a large answer: so the count on the disk may be ahead of what leaves, by
 * as much as this answer has sent already, and by no more than this. When the last answer of an order ends, however it ends, the disk gets
 * the true count. So only a crash can count what did not leave: at most 1 MiB for an order, and the pieces that were on their way.
 */
const AHEAD_BYTES_MAX = 1024 * 1024;
/** A customer who takes nothing for this long is given up. */
const STALL_MS_MAX = 30_000;
/** An answer that is paused is looked at again this often. */
const PAUSED_LOOK_MS = 200;

/** What sending an answer needs from outside; `take` counts before bytes leave and answers how many of them may. */
export interface AnswerService {
  readonly ctx: Context;
  /** Aborting it cuts the answer. */
  readonly cut: AbortController;
  /** Counts one call, if one is left; the problem otherwise. Durable when it returns. */
  startCall(bytesKnown: number | null): Problem | null;
  /** Nothing more may leave for now. */
  isPaused(): boolean;
  /** Counts what is used up, fewer bytes than asked when the allowance ends. Durable when it returns. */
  take(asked: AskedPiece): { readonly bytes: number };
}

/** Why a started answer closes without an end: the receiver can tell a part from the whole. */
export class CutShort extends Error {
  override readonly name = 'CutShort';
}

/** Counts the call and begins the answer; its body is then read, counted and sent piece by piece, as fast as the customer takes it. */
export async function beginAnswer(answer: KindAnswer, service: AnswerService): Promise<void> {
  const { ctx, cut } = service;
  const pieces = ctx.method === 'HEAD' ? null : answer.body;
  const head = await readAhead(pieces);
  const bytesKnown = head.isWhole ? head.bytes : null;
  if (cut.signal.aborted) throw new CutShort('the answer was cut before it began');
  const refused = service.startCall(bytesKnown);
  if (refused !== null) {
    sendProblem(ctx, refused);
    return;
  }
  ctx.status = answer.status;
  ctx.set({ ...answer.headers });
  closeAfterBody(ctx);
  if (ctx.method === 'HEAD') return;
  if (bytesKnown === 0) {
    for (const { used } of head.pieces) service.take({ bytes: 0, used, aheadBytes: 0 });
    ctx.body = Buffer.alloc(0);
    return;
  }
  // Nothing is read ahead: a piece is asked for, and counted, when the network has taken the one before.
  const body = Readable.from(
    countedPieces(head.pieces, head.isWhole ? null : pieces, { ...service, reader: Reader.of(ctx.res) }),
    { highWaterMark: 0 },
  );
  // The library ends the connection when the body fails: its length, or its missing end, tells the receiver.
  const cutBody = (): void => void body.destroy(new CutShort('the answer was cut'));
  cut.signal.addEventListener('abort', cutBody, { once: true });
  ctx.body = body;
  if (bytesKnown !== null) ctx.set('Content-Length', String(bytesKnown));
}

async function readAhead(
  pieces: AsyncGenerator<Piece> | null,
): Promise<{ pieces: readonly Piece[]; bytes: number; isWhole: boolean }> {
  const read: Piece[] = [];
  let bytes = 0;
  while (pieces !== null && bytes <= KNOWN_BYTES_MAX) {
    const next = await pieces.next();
    if (next.done === true) return { pieces: read, bytes, isWhole: true };
    read.push(next.value);
    bytes += next.value.bytes.length;
  }
  return { pieces: read, bytes, isWhole: pieces === null };
}

type ReadService = AnswerService & { readonly reader: Reader };

async function* countedPieces(
  head: readonly Piece[],
  rest: AsyncGenerator<Piece> | null,
  service: ReadService,
): AsyncGenerator<Uint8Array> {
  for (const piece of head) yield* countedSlices(piece, service);
  for await (const piece of rest ?? []) yield* countedSlices(piece, service);
}

async function* countedSlices(piece: Piece, service: ReadService): AsyncGenerator<Uint8Array> {
  const { cut, ctx, reader } = service;
  let offset = 0;
  do {
    const { sentBytes } = reader;
    const slice = piece.bytes.subarray(offset, offset + pieceBytesAfter(sentBytes));
    offset += slice.length;
    const isLast = offset >= piece.bytes.length;
    // Before it is counted: what a customer does not take is not written, and not charged.
    const hasRoom = await reader.hasRoom(slice.length, { signal: cut.signal, stallMsMax: STALL_MS_MAX });
    if (!hasRoom) throw new CutShort('the answer was cut, or its customer took nothing more');
    await whilePaused(service);
    const aheadBytes = Math.min(sentBytes, AHEAD_BYTES_MAX);
    const taken = service.take({ bytes: slice.length, used: isLast ? piece.used : {}, aheadBytes });
    if (taken.bytes > 0) {
      const stall = setTimeout(() => cut.abort(), STALL_MS_MAX);
      try {
        yield slice.subarray(0, taken.bytes);
      } finally {
        clearTimeout(stall);
      }
    }
    if (taken.bytes < slice.length) {
      await handedOver(ctx, cut.signal);
      throw new CutShort('the allowance is used up');
    }
  } while (offset < piece.bytes.length);
}

function pieceBytesAfter(sentBytes: number): number {
  return Math.min(Math.max(PIECE_BYTES_MIN, Math.floor(sentBytes / 4)), PIECE_BYTES_MAX);
}

/** Waits as long as the answer is paused: for a voucher, until it is cut. */
async function whilePaused({ cut: { signal }, isPaused }: AnswerService): Promise<void> {
  while (isPaused() && !signal.aborted) await sleep(PAUSED_LOOK_MS, undefined, { signal }).catch(() => undefined);
  if (signal.aborted) throw new CutShort('the answer was cut while it was paused');
}

/** What was counted is still sent: destroying the connection at once could throw it away. */
function handedOver({ res }: Context, signal: AbortSignal): Promise<void> {
  const { socket } = res;
  if (socket === null || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(finish, STALL_MS_MAX);
    res.once('close', finish);
    signal.addEventListener('abort', finish, { once: true });
    socket.destroySoon();
  });
}
