import { S3Failure } from './failure.ts';

/** What a bucket has room for: bytes of its data, and entries of its index, which cost the provider memory and disk that no byte pays for. */
export class Quota {
  /** May grow while the bucket is open. */
  bytesMax: number;
  readonly #entriesMax: number;
  #bytes: number;
  #entries: number;

  constructor(
    of: { readonly bytesMax: number; readonly entriesMax: number },
    used: { readonly bytes: number; readonly entries: number },
  ) {
    this.bytesMax = of.bytesMax;
    this.#entriesMax = of.entriesMax;
    this.#bytes = used.bytes;
    this.#entries = used.entries;
  }

  get usedBytes(): number {
    return this.#bytes;
  }

  /** Takes room for one entry with so many bytes; `QuotaExceeded` when there is none. */
  reserve(bytes: number): void {
    if (this.#bytes + bytes > this.bytesMax) {
      const left = Math.max(0, this.bytesMax - this.#bytes);
      const sentence = `This needs ${bytes} bytes and the bucket has ${left} of its ${this.bytesMax} left, uploads under way counted; delete something first.`;
      throw new S3Failure('QuotaExceeded', sentence);
    }
    if (this.#entries >= this.#entriesMax) {
      const sentence = `The bucket holds ${this.#entriesMax} objects and parts, which is all it can; delete some first.`;
      throw new S3Failure('QuotaExceeded', sentence);
    }
    this.#bytes += bytes;
    this.#entries += 1;
  }

  release({ bytes, entries }: { readonly bytes: number; readonly entries: number }): void {
    this.#bytes -= bytes;
    this.#entries -= entries;
  }
}
