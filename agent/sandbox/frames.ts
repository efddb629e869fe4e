/** Messages between the agent and the process in the sandbox: u32 length of the whole, u32 length of the head, JSON head, bytes. Little-endian. */

const LENGTHS_BYTES = 8;

export interface Frame {
  readonly head: unknown;
  readonly bytes: Uint8Array;
}

export function encodeFrame(head: unknown, ...parts: readonly Uint8Array[]): Uint8Array {
  const headBytes = Buffer.from(JSON.stringify(head), 'utf8');
  const bytes = Buffer.concat(parts);
  const lengths = Buffer.alloc(LENGTHS_BYTES);
  lengths.writeUInt32LE(headBytes.length + bytes.length, 0);
  lengths.writeUInt32LE(headBytes.length, 4);
  return Buffer.concat([lengths, headBytes, bytes]);
}

/** Puts frames together from chunks as they come. A frame above `bytesMax` throws: the sender is not to be trusted. */
export class FrameReader {
  readonly #bytesMax: number;
  #chunks: Uint8Array[] = [];
  #length = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  push(chunk: Uint8Array): Frame[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    const frames: Frame[] = [];
    for (;;) {
      const frame = this.#next();
      if (frame === undefined) return frames;
      frames.push(frame);
    }
  }

  #next(): Frame | undefined {
    if (this.#length < LENGTHS_BYTES) return undefined;
    const first = this.#chunks[0];
    if (first === undefined || first.length < LENGTHS_BYTES) this.#join();
    const { buffer, byteOffset } = this.#chunks[0] ?? new Uint8Array(LENGTHS_BYTES);
    const lengths = new DataView(buffer, byteOffset, LENGTHS_BYTES);
    const [whole, headLength] = [lengths.getUint32(0, true), lengths.getUint32(4, true)];
    if (whole > this.#bytesMax || headLength > whole) throw new Error('a message of the sandbox is too large');
    if (this.#length < LENGTHS_BYTES + whole) return undefined;
    this.#join();
    const all = this.#chunks[0] ?? new Uint8Array();
    const body = all.subarray(LENGTHS_BYTES, LENGTHS_BYTES + whole);
    const rest = all.subarray(LENGTHS_BYTES + whole);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#length = rest.length;
    return {
      head: JSON.parse(Buffer.from(body.subarray(0, headLength)).toString('utf8')),
      bytes: body.subarray(headLength),
    };
  }

  #join(): void {
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
  }
}
