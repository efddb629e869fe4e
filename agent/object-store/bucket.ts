import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  BucketIndex,
  type ObjectHeaders,
  type StoredFile,
  type StoredObject,
  type StoredPart,
  type StoredUpload,
} from './bucket-index.ts';
import { combineChecksums, combineEtags, type Algorithm, type Checksum, type ChecksumType } from './checksums.ts';
import { DataFiles, eraseBucket, fullDisk, syncFolder, type CreateFile } from './data-files.ts';
import { S3Failure } from './failure.ts';
import { listNames, type ListPage, type ListQuery } from './listing.ts';
import { Quota } from './quota.ts';
import type { UploadBody } from './upload-body.ts';

/** Objects, parts and open uploads of one bucket, together: rows of the index cost the provider memory and disk that no byte of the quota pays for. */
const ENTRIES_MAX = 1_000_000;
/** Every part but the last has at least this much (S3 API reference, "Multipart upload limits"). */
const PART_BYTES_MIN = 5 * 1024 ** 2;
const HOUR_MS = 3_600_000;
/** An upload that had no new part for so long is given up: nobody finishes it, and its parts take up room that is paid for. */
export const UPLOAD_KEPT_MS = 24 * HOUR_MS;
/** Uploads given up at one look, and the time between two looks: a million of them shall not hold everybody up. */
const GIVEN_UP_AT_ONCE_MAX = 1_000;
const LOOK_MS = 60_000;

export interface BucketOptions {
  /** The bucket's own folder; made when it is not there. */
  readonly folder: string;
  readonly name: string;
  /** Bytes of objects and parts together, those of uploads under way included. */
  readonly quotaBytes: number;
  nowMs(): number;
  /** How a file of data is made, for tests of a disk that fails. */
  readonly createFile?: CreateFile;
}

/** Throws when the object that stands under the key, or its absence, forbids the write. */
export type WriteCondition = (existing: StoredObject | undefined) => void;

export interface PutOptions {
  readonly headers: ObjectHeaders;
  readonly condition: WriteCondition;
  readonly signal: AbortSignal;
}

/** A part as the request to complete an upload names it. */
export interface NamedPart {
  readonly number: number;
  readonly etag: string;
  /** Base64; null where the request says none. */
  readonly checksum: string | null;
}

export interface UploadName {
  readonly id: string;
  readonly key: string;
}

export interface CompleteOptions {
  readonly condition: WriteCondition;
  /** Throws when the object's checksum is not the one that the request says. */
  check(checksum: Checksum | null): void;
}

/**
 * One bucket in one folder: `index.db` says what there is, `data/` holds the bytes. What survives a crash at any point:
 * a write that was answered is there, whole; one that was not leaves either nothing or, where only the answer was lost, the whole object.
 * Data is written to a file of its own and synced with its folder, then one transaction of the index makes it the object and forgets what
 * stood there; files that no row names are removed at once, and after a crash at the next start. Of two writes of one key the later
 * transaction wins. Copies and completed uploads share the files that are there already; each counts in the quota with all its bytes.
 */
export class Bucket {
  readonly name: string;
  readonly quota: Quota;
  readonly createdMs: number;
  readonly #folder: string;
  readonly #index: BucketIndex;
  readonly #files: DataFiles;
  readonly #nowMs: () => number;
  readonly #closing = new AbortController();
  /** Uploads that a part is coming in for, and how many: they are not given up. */
  readonly #receiving = new Map<string, number>();
  /** No upload is given up before. */
  #giveUpAtMs = 0;

  constructor({ folder, name, quotaBytes, nowMs, createFile }: BucketOptions) {
    this.name = name;
    this.#folder = folder;
    this.#nowMs = nowMs;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    syncFolder(dirname(folder));
    this.#index = new BucketIndex(join(folder, 'index.db'));
    this.createdMs = Number(this.#index.remember('createdMs', String(nowMs())));
    this.#files = new DataFiles(join(folder, 'data'), createFile);
    this.#files.sweep((id) => this.#index.isReferenced(id));
    syncFolder(folder);
    this.quota = new Quota({ bytesMax: quotaBytes, entriesMax: ENTRIES_MAX }, this.#index.totals());
  }

  /** Objects, parts, and what uploads under way have announced. */
  get usedBytes(): number {
    return this.quota.usedBytes;
  }

  /** Uploads under way end with the failure `AccessDenied`; downloads that have begun may go on. */
  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#index.close();
  }

  /** Closes it and removes everything. */
  async erase(): Promise<void> {
    this.close();
    await eraseBucket(this.#folder);
  }

  object(key: string): StoredObject | undefined {
    this.#checkOpen();
    return this.#index.object(key);
  }

  list(query: ListQuery): ListPage<StoredObject> {
    this.#checkOpen();
    return listNames((key) => this.#index.objectsFrom(key), query);
  }

  /** Bytes from `from` up to but not including `to`, from the object as it was when this was called, whatever becomes of its key. */
  read({ owner }: StoredObject, from: number, to: number): AsyncGenerator<Uint8Array> {
    this.#checkOpen();
    return this.#read(this.#index.filesOf(owner), from, to);
  }

  /** Stores a body under a key. Durable when it resolves. */
  async put(key: string, upload: UploadBody, options: PutOptions): Promise<StoredObject> {
    options.condition(this.object(key));
    const { bytes } = upload;
    const file = await this.#receive(upload, options.signal);
    return this.#commit({ bytes, files: [file] }, () => {
      const { md5, checksum } = upload.digests();
      const fresh = { owner: newId(), modifiedMs: this.#nowMs(), upload: null };
      const object = { key, bytes, checksum, headers: options.headers, etag: md5.toString('hex'), ...fresh };
      return this.#replaceObject(object, [file], options.condition);
    });
  }

  /** Makes a copy under another key, or replaces the headers of the same one. Durable when it returns. */
  copy(source: StoredObject, key: string, options: Omit<PutOptions, 'signal'>): StoredObject {
    this.quota.reserve(source.bytes);
    return this.#commit({ bytes: source.bytes, files: [] }, () => {
      const { headers, condition } = options;
      const object = { ...source, key, headers, owner: newId(), modifiedMs: this.#nowMs(), upload: null };
      return this.#replaceObject(object, this.#index.filesOf(source.owner), condition);
    });
  }

  /** Deleting what is not there changes nothing. Durable when it returns. */
  delete(key: string): void {
    const object = this.object(key);
    if (object === undefined) return;
    this.#commit(null, () => {
      this.#index.deleteObject(key);
      return { result: null, freed: { bytes: object.bytes, entries: 1, files: this.#forget([object]) } };
    });
  }

  /** Begins a multipart upload. Durable when it returns. */
  createUpload(
    key: string,
    of: { readonly headers: ObjectHeaders; readonly algorithm: Algorithm | null; readonly type: ChecksumType },
  ): StoredUpload {
    this.#checkOpen();
    this.quota.reserve(0);
    return this.#commit({ bytes: 0, files: [] }, () => {
      const startedMs = this.#nowMs();
      const upload = { id: newId(), key, startedMs, touchedMs: startedMs, ...of };
      this.#index.putUpload(upload);
      return { result: upload, freed: NOTHING };
    });
  }

  /** The upload under way of this id and key; `NoSuchUpload` when there is none. */
  upload({ id, key }: UploadName): StoredUpload {
    this.#checkOpen();
    const upload = this.#index.upload(id);
    if (upload?.key === key) return upload;
    const sentence = `There is no such multipart upload: it was completed or aborted, had no new part for ${UPLOAD_KEPT_MS / HOUR_MS} hours, or was never begun.`;
    throw new S3Failure('NoSuchUpload', sentence);
  }

  /** Uploads under way; of those of the key `after`, only the ones whose ids come after `afterId`. */
  listUploads(query: ListQuery & { readonly afterId: string | null }): ListPage<StoredUpload> {
    this.#checkOpen();
    const { afterId } = query;
    return listNames(
      (key) => this.#index.uploadsFrom(key),
      query,
      ({ id }) => afterId !== null && id > afterId,
    );
  }

  partsAfter(upload: UploadName, number: number, countMax: number): readonly StoredPart[] {
    this.#checkOpen();
    return this.#index.partsAfter(upload.id, number, countMax);
  }

  /** Stores a part; one of the same number is replaced. Durable when it resolves. */
  async putPart(of: UploadName, number: number, body: UploadBody, signal: AbortSignal): Promise<StoredPart> {
    const { bytes } = body;
    this.#receiving.set(of.id, (this.#receiving.get(of.id) ?? 0) + 1);
    const file = await this.#receive(body, signal).finally(() => {
      const others = (this.#receiving.get(of.id) ?? 1) - 1;
      if (others > 0) this.#receiving.set(of.id, others);
      else this.#receiving.delete(of.id);
    });
    return this.#commit({ bytes, files: [file] }, () => {
      this.upload(of);
      const { md5, checksum } = body.digests();
      const part = { number, bytes, checksum, etag: md5.toString('hex'), owner: newId(), modifiedMs: this.#nowMs() };
      const replaced = this.#index.part(of.id, number);
      this.#index.putPart(of.id, part);
      this.#index.addFiles(part.owner, [file]);
      return { result: part, freed: this.#freedBy(replaced) };
    });
  }

  /**
   * Makes the object of the named parts, in their order; parts that are not named are removed. Repeating it after it succeeded answers the
   * same object, since the first answer may have been lost. Durable when it resolves.
   */
  async completeUpload(of: UploadName, named: readonly NamedPart[], options: CompleteOptions): Promise<StoredObject> {
    const done = this.object(of.key);
    if (done?.upload === of.id) return done;
    const upload = this.upload(of);
    const parts = named.map((part, position) => this.#namedPart(upload, part, position === named.length - 1));
    const checksum = await checksumOfParts(upload, parts);
    options.check(checksum);
    return this.#commit(null, () => {
      this.upload(of);
      const all = this.#index.partsAfter(of.id, 0, ENTRIES_MAX);
      const owners = new Set(all.map(({ owner }) => owner));
      const lost = parts.find(({ owner }) => !owners.has(owner));
      if (lost !== undefined) throw invalidPart(lost.number);
      const files = parts.flatMap(({ owner }) => this.#index.filesOf(owner));
      const content = { bytes: sumOf(parts), checksum, etag: combineEtags(parts.map(({ etag }) => etag)) };
      const { key, headers } = upload;
      const object = { key, headers, ...content, owner: newId(), modifiedMs: this.#nowMs(), upload: of.id };
      const { result, freed } = this.#replaceObject(object, files, options.condition);
      this.#index.deleteUpload(of.id);
      // Its parts and the upload itself were counted before; one object takes their place.
      const bytes = freed.bytes + sumOf(all) - object.bytes;
      const entries = freed.entries + all.length;
      return { result, freed: { bytes, entries, files: [...freed.files, ...this.#forget(all)] } };
    });
  }

  /** Removes an upload with its parts. Durable when it returns. */
  abortUpload(of: UploadName): void {
    this.#commit(null, () => ({ result: null, freed: this.#removeUpload(this.upload(of)) }));
  }

  /** Removes uploads that had no new part for `UPLOAD_KEPT_MS`, with their parts. Costs nothing when there can be none. */
  giveUpUploads(): void {
    const nowMs = this.#nowMs();
    if (nowMs < this.#giveUpAtMs) return;
    const least = this.#index.uploadsByTouch(GIVEN_UP_AT_ONCE_MAX);
    const next = (least[0]?.touchedMs ?? nowMs) + UPLOAD_KEPT_MS;
    this.#giveUpAtMs = Math.max(next, nowMs + LOOK_MS);
    const over = least.filter(({ id, touchedMs }) => touchedMs + UPLOAD_KEPT_MS <= nowMs && !this.#receiving.has(id));
    if (over.length === 0) return;
    this.#commit(null, () => {
      const removed = over.map((upload) => this.#removeUpload(upload));
      const entries = removed.reduce((sum, freed) => sum + freed.entries, 0);
      return { result: null, freed: { bytes: sumOf(removed), entries, files: removed.flatMap(({ files }) => files) } };
    });
  }

  async *#read(files: readonly StoredFile[], from: number, to: number): AsyncGenerator<Uint8Array> {
    const ids = files.map(({ id }) => id);
    this.#files.pin(ids);
    try {
      let start = 0;
      for (const file of files) {
        const first = Math.max(from - start, 0);
        const end = Math.min(to - start, file.bytes);
        if (first < end) yield* this.#files.read(file, first, end);
        start += file.bytes;
      }
    } finally {
      this.#files.unpin(ids);
    }
  }

  /** A new file with all of the data, which no row names yet; its bytes and an entry are reserved. */
  async #receive({ bytes, data }: UploadBody, signal: AbortSignal): Promise<StoredFile> {
    this.#checkOpen();
    this.quota.reserve(bytes);
    const id = newId();
    try {
      return { id, bytes, crc32: await this.#files.write(id, data, AbortSignal.any([signal, this.#closing.signal])) };
    } catch (error) {
      this.quota.release({ bytes, entries: 1 });
      this.#checkOpen();
      throw error;
    }
  }

  /** One transaction. When it fails, what was reserved for it is given back; when it is durable, what it freed is. */
  #commit<Result>(
    reserved: { readonly bytes: number; readonly files: readonly StoredFile[] } | null,
    work: () => Change<Result>,
  ): Result {
    let change: Change<Result>;
    try {
      this.#checkOpen();
      change = this.#index.transaction(work);
    } catch (error) {
      if (reserved !== null) this.quota.release({ bytes: reserved.bytes, entries: 1 });
      for (const { id } of reserved?.files ?? []) this.#files.remove(id);
      throw fullDisk(error) ?? error;
    }
    this.quota.release(change.freed);
    for (const id of change.freed.files) if (!this.#index.isReferenced(id)) this.#files.remove(id);
    return change.result;
  }

  #removeUpload({ id }: StoredUpload): Freed {
    const parts = this.#index.partsAfter(id, 0, ENTRIES_MAX);
    this.#index.deleteUpload(id);
    return { bytes: sumOf(parts), entries: parts.length + 1, files: this.#forget(parts) };
  }

  #replaceObject(object: StoredObject, files: readonly StoredFile[], condition: WriteCondition): Change<StoredObject> {
    const replaced = this.#index.object(object.key);
    condition(replaced);
    this.#index.putObject(object);
    this.#index.addFiles(object.owner, files);
    return { result: object, freed: this.#freedBy(replaced) };
  }

  #freedBy(replaced: StoredObject | StoredPart | undefined): Freed {
    if (replaced === undefined) return NOTHING;
    return { bytes: replaced.bytes, entries: 1, files: this.#forget([replaced]) };
  }

  /** Takes the files from their owners, and answers them. */
  #forget(owners: readonly { readonly owner: string }[]): string[] {
    return owners.flatMap(({ owner }) => {
      const files = this.#index.filesOf(owner);
      this.#index.removeFiles(owner);
      return files.map(({ id }) => id);
    });
  }

  #namedPart(upload: StoredUpload, { number, etag, checksum }: NamedPart, isLast: boolean): StoredPart {
    const part = this.#index.part(upload.id, number);
    if (part?.etag !== etag || (checksum !== null && part.checksum?.value !== checksum)) throw invalidPart(number);
    if (isLast || part.bytes >= PART_BYTES_MIN) return part;
    const sentence = `Part ${number} has ${part.bytes} bytes; every part but the last needs at least ${PART_BYTES_MIN}.`;
    throw new S3Failure('EntityTooSmall', sentence);
  }

  #checkOpen(): void {
    if (this.#closing.signal.aborted) throw new S3Failure('AccessDenied', 'This bucket is closed.');
  }
}

interface Freed {
  readonly bytes: number;
  readonly entries: number;
  readonly files: readonly string[];
}

/** What a transaction did, and what is free once it is durable. */
interface Change<Result> {
  readonly result: Result;
  readonly freed: Freed;
}

const NOTHING: Freed = { bytes: 0, entries: 0, files: [] };

function newId(): string {
  return randomBytes(16).toString('hex');
}

function sumOf(items: readonly { readonly bytes: number }[]): number {
  return items.reduce((sum, { bytes }) => sum + bytes, 0);
}

function invalidPart(number: number): S3Failure {
  return new S3Failure('InvalidPart', `Part ${number} is not there, or is not the one with this ETag and checksum.`);
}

async function checksumOfParts(upload: StoredUpload, parts: readonly StoredPart[]): Promise<Checksum | null> {
  if (upload.algorithm === null) return null;
  const sums = parts.map(({ bytes, checksum }) => ({ bytes, value: checksum?.value ?? '' }));
  return combineChecksums(upload.algorithm, upload.type, sums);
}
