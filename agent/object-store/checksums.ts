import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { createCRC32, createCRC64 } from 'hash-wasm';
import { S3Failure } from './failure.ts';

/** What today's clients send (S3 API reference, "Checking object integrity"), with the length of a value in bytes. */
export const ALGORITHMS = { crc32: 4, crc32c: 4, crc64nvme: 8, sha1: 20, sha256: 32 } as const;

export type Algorithm = keyof typeof ALGORITHMS;

/** Of the whole object, or of the parts' values one after another: the latter ends in `-` and the number of parts. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

export interface Checksum {
  readonly algorithm: Algorithm;
  /** Base64. */
  readonly value: string;
  readonly type: ChecksumType;
}

/** Counts bytes into one value; `digest` ends it. */
export interface Digest {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

/** Polynomials of the CRCs, lowest power in the highest bit (RFC 3720 for CRC-32C, NVM Express 2.0 for CRC-64). */
const CRCS = {
  crc32: { bits: 32n, polynomial: 0xedb88320n },
  crc32c: { bits: 32n, polynomial: 0x82f63b78n },
  crc64nvme: { bits: 64n, polynomial: 0x9a6c9329ac4bc9b5n },
} as const;

export async function newDigest(algorithm: Algorithm): Promise<Digest> {
  switch (algorithm) {
    case 'crc32':
      return new Crc32();
    case 'crc32c':
      return fromLibrary(await createCRC32(Number(CRCS.crc32c.polynomial)));
    case 'crc64nvme':
      return fromLibrary(await createCRC64(CRCS.crc64nvme.polynomial.toString(16)));
    case 'sha1':
    case 'sha256':
      return createHash(algorithm);
  }
}

class Crc32 implements Digest {
  #value = 0;

  update(bytes: Uint8Array): void {
    this.#value = crc32(bytes, this.#value);
  }

  digest(): Buffer {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.#value);
    return bytes;
  }
}

function fromLibrary(hasher: Awaited<ReturnType<typeof createCRC32>>): Digest {
  hasher.init();
  return {
    update: (bytes) => void hasher.update(bytes),
    digest: () => Buffer.from(hasher.digest('binary')),
  };
}

/** The algorithm of that name in any case; undefined for another. */
export function algorithmOf(name: string): Algorithm | undefined {
  const lower = name.toLowerCase();
  return Object.hasOwn(ALGORITHMS, lower) ? (lower as Algorithm) : undefined;
}

export function isCrc(algorithm: Algorithm): algorithm is keyof typeof CRCS {
  return Object.hasOwn(CRCS, algorithm);
}

/** The algorithm whose name stands in a header or a trailer such as `x-amz-checksum-crc32`; fails for one that this store cannot compute. */
export function algorithmOfHeader(header: string): Algorithm {
  const algorithm = algorithmOf(header.slice('x-amz-checksum-'.length));
  if (algorithm !== undefined) return algorithm;
  const known = Object.keys(ALGORITHMS).join(', ');
  throw new S3Failure('InvalidRequest', `This store checks ${known} and no other checksum.`);
}

/** The bytes of a base64 value; `InvalidRequest` when they are not as many as the algorithm makes. */
export function checksumBytes(algorithm: Algorithm, value: string): Buffer {
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length === ALGORITHMS[algorithm] && bytes.toString('base64') === value) return bytes;
  throw new S3Failure('InvalidRequest', `The value of x-amz-checksum-${algorithm} is not base64 of the right length.`);
}

/** As Amazon makes it: the MD5 of the parts' MD5s, and how many there are. */
export function combineEtags(etags: readonly string[]): string {
  const md5s = Buffer.concat(etags.map((etag) => Buffer.from(etag, 'hex')));
  return `${createHash('md5').update(md5s).digest('hex')}-${etags.length}`;
}

/** A part's value and how many bytes it is of. */
export interface PartChecksum {
  readonly value: string;
  readonly bytes: number;
}

/** The checksum of an object from those of its parts, in order; the data is not read again. */
export async function combineChecksums(
  algorithm: Algorithm,
  type: ChecksumType,
  parts: readonly PartChecksum[],
): Promise<Checksum> {
  if (type === 'COMPOSITE') {
    const digest = await newDigest(algorithm);
    for (const { value } of parts) digest.update(Buffer.from(value, 'base64'));
    return { algorithm, type, value: `${digest.digest().toString('base64')}-${parts.length}` };
  }
  if (!isCrc(algorithm)) {
    throw new S3Failure('InvalidRequest', `A ${algorithm} of a whole object cannot be made from those of its parts.`);
  }
  const { bits, polynomial } = CRCS[algorithm];
  let whole = 0n;
  for (const { value, bytes } of parts) {
    const part = BigInt(`0x${Buffer.from(value, 'base64').toString('hex')}`);
    whole = multiply(powerOfX(8n * BigInt(bytes), bits, polynomial), whole, { bits, polynomial }) ^ part;
  }
  const hex = whole.toString(16).padStart(Number(bits / 4n), '0');
  return { algorithm, type, value: Buffer.from(hex, 'hex').toString('base64') };
}

/** The product of two polynomials over GF(2), modulo the CRC's, all with the lowest power in the highest bit. */
function multiply(left: bigint, right: bigint, crc: { readonly bits: bigint; readonly polynomial: bigint }): bigint {
  let product = 0n;
  let shifted = right;
  for (let bit = 1n << (crc.bits - 1n); bit > 0n; bit >>= 1n) {
    if ((left & bit) !== 0n) product ^= shifted;
    shifted = (shifted & 1n) === 0n ? shifted >> 1n : (shifted >> 1n) ^ crc.polynomial;
  }
  return product;
}

/** x to the power of `exponent`, by repeated squaring. */
function powerOfX(exponent: bigint, bits: bigint, polynomial: bigint): bigint {
  let power = 1n << (bits - 1n);
  let square = 1n << (bits - 2n);
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) !== 0n) power = multiply(power, square, { bits, polynomial });
    square = multiply(square, square, { bits, polynomial });
  }
  return power;
}
