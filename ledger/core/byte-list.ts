/** RFC 8949 §3: bytes of the longest head written here, and the major types of byte strings and lists in a head's upper bits. */
const HEAD_BYTES_MAX = 5;
const BYTE_STRING = 2 << 5;
const LIST = 4 << 5;

/** A list of byte strings that is encoded while it grows. One buffer serves one list after the other. */
export interface ByteList {
  /** Shorter than 2³² bytes, as the whole list. */
  add(item: Uint8Array): void;
  /** The list, byte for byte as `encode` writes it, and begins the next one: the bytes are good until its first item. */
  end(): Uint8Array;
}

/** Bytes of the shortest head for an argument below 2³². */
function headLength(argument: number): number {
  return argument < 24 ? 1 : argument < 1 << 8 ? 2 : argument < 1 << 16 ? 3 : HEAD_BYTES_MAX;
}

/** Writes that head at `offset`; answers where it ends. */
function writeHead(target: Uint8Array, offset: number, head: { major: number; argument: number }): number {
  const { major, argument } = head;
  const width = headLength(argument) - 1;
  target[offset] = major | (width === 0 ? argument : 24 + (width >> 1));
  for (let at = 1; at <= width; at++) target[offset + at] = argument >>> (8 * (width - at));
  return offset + 1 + width;
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
      end = writeHead(buffer, end, { major: BYTE_STRING, argument: item.length });
      buffer.set(item, end);
      end += item.length;
      count += 1;
    },
    end: () => {
      const begin = HEAD_BYTES_MAX - headLength(count);
      writeHead(buffer, begin, { major: LIST, argument: count });
      const list = buffer.subarray(begin, end);
      end = HEAD_BYTES_MAX;
      count = 0;
      return list;
    },
  };
}
