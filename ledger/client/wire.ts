import { concat, readU32, u32 } from '#ledger/core/bytes.ts';
import { decode, encode, type CborValue } from '#ledger/core/codec.ts';

/*
 * The protocol of the ledger process's Unix socket: frames of u32 big-endian length and deterministic CBOR.
 *   client → server  {id, call, args}          id: integer the client chooses, unique per connection
 *   server → client  {id, ok: true, value} | {id, ok: false, sentence}
 * `subscribe {from}` is answered by {id, ok: true, value: null} and then by one {id, block} at a time; the next one is sent after
 * `acknowledge {subscription, height}`. `unsubscribe {subscription}` ends it.
 */

/** Longest frame a server reads: a transaction or query, generously. */
export const REQUEST_BYTES_MAX = 1024 * 1024;
/** Longest frame a client reads: a full block with its events. */
export const RESPONSE_BYTES_MAX = 64 * 1024 * 1024;

const CHUNKS_MAX = 1024;

export type Message = { readonly [key: string]: CborValue };

export function encodeMessage(message: Message): Uint8Array {
  const body = encode(message);
  return concat(u32(body.length), body);
}

export interface FrameReader {
  /** Whole messages in `chunk` and what was kept of earlier ones; undefined once the peer broke the protocol: close the connection. */
  push(chunk: Uint8Array): Message[] | undefined;
}

export function isMap(value: CborValue): value is Message {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** Splits a byte stream into messages. Never holds more than one frame of `bytesMax` and one chunk. */
export function createFrameReader(bytesMax: number): FrameReader {
  let chunks: Uint8Array[] = [];
  let length = 0;
  let isBroken = false;

  const take = (count: number): Uint8Array => {
    const whole = chunks.length === 1 ? chunks[0]! : concat(...chunks);
    chunks = [whole.subarray(count)];
    length -= count;
    return whole.subarray(0, count);
  };
  const peekLength = (): number => {
    if (chunks.length > 1 && chunks[0]!.length < 4) chunks = [concat(...chunks)];
    return readU32(chunks[0]!, 0);
  };
  const next = (): Message | undefined => {
    if (length < 4) return undefined;
    const bodyLength = peekLength();
    if (bodyLength > bytesMax) {
      isBroken = true;
      return undefined;
    }
    if (length < 4 + bodyLength) return undefined;
    const decoded = decode(take(4 + bodyLength).slice(4), bytesMax);
    if (!decoded.ok || !isMap(decoded.value)) {
      isBroken = true;
      return undefined;
    }
    return decoded.value;
  };

  return {
    push: (chunk) => {
      if (isBroken) return undefined;
      chunks.push(chunk);
      // A peer that trickles single bytes must not cost a thousand times what it sent.
      if (chunks.length > CHUNKS_MAX) chunks = [concat(...chunks)];
      length += chunk.length;
      const messages: Message[] = [];
      for (let message = next(); message !== undefined; message = next()) messages.push(message);
      return isBroken ? undefined : messages;
    },
  };
}
