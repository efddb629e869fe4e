import { createHash } from 'node:crypto';
import { S3Failure } from './failure.ts';
import { sha256Hex, type ChunkChain } from './signature.ts';

/** A chunk's first line: its size in hex and at most a signature. */
const LINE_BYTES_MAX = 512;
const TRAILERS_MAX = 8;
const TRAILER_SIGNATURE = 'x-amz-trailer-signature';

/** What an encoded body has to come to. */
export interface ChunkedBody {
  /** Of the data without its encoding. */
  readonly bytes: number;
  /** Null where chunks are not signed. */
  readonly chain: ChunkChain | null;
  readonly hasTrailer: boolean;
  /** Told of each line that follows the last chunk, its name in lower case, before the data ends. */
  onTrailer(name: string, value: string): void;
}

/**
 * The data of a body in the encoding `aws-chunked` (S3 API reference, "Transferring payload in multiple chunks"). Data is handed on before
 * the signature of its chunk is checked: whoever reads it keeps nothing of a body that failed.
 */
export async function* decodeChunked(source: AsyncIterable<Uint8Array>, body: ChunkedBody): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(source);
  let signature = body.chain?.seed ?? '';
  let left = body.bytes;
  for (;;) {
    const head = parseHead(await reader.line(), body.chain !== null);
    if (head.bytes > left) throw malformed(`has more data than the ${body.bytes} bytes that it states`);
    const hash = createHash('sha256');
    for await (const piece of reader.take(head.bytes)) {
      if (body.chain !== null) hash.update(piece);
      yield piece;
    }
    left -= head.bytes;
    if (body.chain !== null) {
      signature = await checkSignature(head.signature, body.chain.sign('PAYLOAD', signature, hash.digest('hex')));
    }
    if (head.bytes === 0) break;
    if ((await reader.line()) !== '') throw malformed('has a chunk that is longer than it states');
  }
  if (left > 0) throw malformed(`has ${left} bytes less than it states`);
  await readTrailers(reader, body, signature);
}

async function readTrailers(reader: ByteReader, body: ChunkedBody, lastSignature: string): Promise<void> {
  const trailers = new Map<string, string>();
  for (let line = await reader.lineOrEnd(); line !== null && line !== ''; line = await reader.lineOrEnd()) {
    const at = line.indexOf(':');
    if (at < 1 || !body.hasTrailer || trailers.size === TRAILERS_MAX) throw malformed('has lines after its last chunk');
    trailers.set(line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim());
  }
  if ((await reader.lineOrEnd()) !== null) throw malformed('goes on after its end');
  const signature = trailers.get(TRAILER_SIGNATURE);
  trailers.delete(TRAILER_SIGNATURE);
  if (body.chain !== null && body.hasTrailer) {
    const text = [...trailers].map(([name, value]) => `${name}:${value}\n`).join('');
    await checkSignature(signature, body.chain.sign('TRAILER', lastSignature, sha256Hex(text)));
  }
  for (const [name, value] of trailers) body.onTrailer(name, value);
}

/** Plain comparison: whoever sent a chunk made the request's own signature, and learns nothing from the time it takes. */
async function checkSignature(sent: string | undefined, expected: Promise<string>): Promise<string> {
  const signature = await expected;
  if (sent === signature) return signature;
  throw new S3Failure('SignatureDoesNotMatch', 'The signature of a chunk of the body, or of its trailer, is wrong.');
}

function parseHead(
  line: string,
  isSigned: boolean,
): { readonly bytes: number; readonly signature: string | undefined } {
  const match = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line);
  if (match === null || (match[2] !== undefined) !== isSigned)
    throw malformed('has a chunk without a proper first line');
  return { bytes: Number.parseInt(match[1] ?? '', 16), signature: match[2] };
}

function malformed(what: string): S3Failure {
  return new S3Failure('IncompleteBody', `The request’s body, in chunks, ${what}.`);
}

/** Lines and counted bytes from a stream, holding at most one piece of it. */
class ByteReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#pieces = source[Symbol.asyncIterator]();
  }

  /** A line without its end, CR LF. */
  async line(): Promise<string> {
    const line = await this.lineOrEnd();
    if (line === null) throw malformed('ends too early');
    return line;
  }

  /** The same; null at the end of the stream. */
  async lineOrEnd(): Promise<string | null> {
    let line = '';
    for (;;) {
      const at = this.#rest.indexOf(0x0a);
      const part = at < 0 ? this.#rest : this.#rest.subarray(0, at);
      if (line.length + part.length > LINE_BYTES_MAX) throw malformed('has a line that is too long');
      line += Buffer.from(part).toString('latin1');
      if (at >= 0) {
        this.#rest = this.#rest.subarray(at + 1);
        return line.replace(/\r$/, '');
      }
      if (!(await this.#more())) {
        if (line !== '') throw malformed('ends in the middle of a line');
        return null;
      }
    }
  }

  async *take(bytes: number): AsyncGenerator<Uint8Array> {
    let left = bytes;
    while (left > 0) {
      if (this.#rest.length === 0 && !(await this.#more())) throw malformed('ends too early');
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      if (piece.length > 0) yield piece;
    }
  }

  async #more(): Promise<boolean> {
    const next = await this.#pieces.next();
    this.#rest = next.done === true ? new Uint8Array(0) : next.value;
    return next.done !== true;
  }
}
