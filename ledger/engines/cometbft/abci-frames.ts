/*
 * ABCI's socket protocol: each message behind its length as an unsigned varint (CometBFT, abci/types/messages.go). Requests of one
 * connection are answered in order; CometBFT reads no answer before the next flush.
 */

/** Longest request that is read: a block of 2 MiB with its commit and evidence, or a snapshot's chunk, generously. */
export const ABCI_REQUEST_BYTES_MAX = 16 * 1024 * 1024;
/** Seven bits a byte: what 16 MiB need. */
const LENGTH_BYTES_MAX = 4;

export interface FrameReader {
  /** Whole messages in `chunk` and what was kept of earlier ones; undefined once a length is no varint or above the bound. */
  push(chunk: Uint8Array): Uint8Array[] | undefined;
}

/** Splits a byte stream into messages. Never holds more than one message of `bytesMax` and one chunk. */
export function createFrameReader(bytesMax = ABCI_REQUEST_BYTES_MAX): FrameReader {
  let chunks: Buffer[] = [];
  let length = 0;
  let isBroken = false;
  /** Bytes that have to be there before it is worth looking again. */
  let wanted = 1;

  /** Length of the message that `buffer` begins with, and of the varint before it; 'short' while the varint is not whole. */
  const readLength = (buffer: Buffer): { body: number; head: number } | 'short' | 'broken' => {
    let body = 0;
    for (let at = 0; at < LENGTH_BYTES_MAX; at += 1) {
      const byte = buffer[at];
      if (byte === undefined) return 'short';
      body += (byte & 0x7f) * 2 ** (7 * at);
      if (byte < 0x80) return body > bytesMax ? 'broken' : { body, head: at + 1 };
    }
    return 'broken';
  };

  return {
    push: (chunk) => {
      if (isBroken) return undefined;
      chunks.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      length += chunk.length;
      if (length < wanted) return [];
      const buffer = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
      const messages: Uint8Array[] = [];
      let at = 0;
      for (;;) {
        const found = readLength(buffer.subarray(at));
        if (found === 'broken') {
          isBroken = true;
          return undefined;
        }
        if (found === 'short') {
          wanted = buffer.length - at + 1;
          break;
        }
        const end = at + found.head + found.body;
        wanted = end - at;
        if (buffer.length < end) break;
        messages.push(new Uint8Array(buffer.subarray(at + found.head, end)));
        at = end;
      }
      chunks = at === buffer.length ? [] : [buffer.subarray(at)];
      length = buffer.length - at;
      if (length === 0) wanted = 1;
      return messages;
    },
  };
}

/** A message behind its length. */
export function encodeFrame(message: Uint8Array): Uint8Array {
  const head: number[] = [];
  let rest = message.length;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) head.push((rest % 0x80) | 0x80);
  head.push(rest);
  const frame = new Uint8Array(head.length + message.length);
  frame.set(head);
  frame.set(message, head.length);
  return frame;
}
