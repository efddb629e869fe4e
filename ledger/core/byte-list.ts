import { HEAD_BYTES_MAX, headLength, MAJOR, writeHead } from './cbor.ts';

/** A list of byte strings that is encoded while it grows. One buffer serves one list after the other. */
export interface ByteList {
  /** Shorter than 2³² bytes, as the whole list. */
  add(item: Uint8Array): void;
  /** The list, byte for byte as `encode` writes it, and begins the next one: the bytes are good until its first item. */
  end(): Uint8Array;
}

/** Begins with room for `capacity` bytes; the buffer grows to what the longest list takes. */
export function openByteList(capacity: number): ByteList {
  let buffer = new Uint8Array(capacity + HEAD_BYTES_MAX);
  // The list's own head is known last and ends where the items begin.
  let end = HEAD_BYTES_MAX;
  let count = 0;
  return {
    add: (item) => {
      const needed = end + HEAD_BYTES_MAX + item.length;
      if (needed > buffer.length) {
        const grown = new Uint8Array(2 * needed);
        grown.set(buffer.subarray(0, end));
        buffer = grown;
      }
      end = writeHead(buffer, end, MAJOR.bytes, item.length);
      buffer.set(item, end);
      end += item.length;
      count += 1;
    },
    end: () => {
      const begin = HEAD_BYTES_MAX - headLength(count);
      writeHead(buffer, begin, MAJOR.array, count);
      const list = buffer.subarray(begin, end);
      end = HEAD_BYTES_MAX;
      count = 0;
      return list;
    },
  };
}
