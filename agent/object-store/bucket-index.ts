import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import type { Algorithm, Checksum, ChecksumType } from './checksums.ts';

/** What is kept of an object beside its data, as its headers said it: content type, metadata and the like. */
export type ObjectHeaders = Readonly<Record<string, string>>;

export interface StoredObject {
  readonly key: string;
  /** Whose files these are: random, and another one after every write of the key. */
  readonly owner: string;
  readonly bytes: number;
  /** Without quotes. */
  readonly etag: string;
  readonly modifiedMs: number;
  readonly headers: ObjectHeaders;
  readonly checksum: Checksum | null;
  /** The multipart upload that it was completed from. */
  readonly upload: string | null;
}

/** A multipart upload under way. */
export interface StoredUpload {
  readonly id: string;
  readonly key: string;
  readonly startedMs: number;
  /** When its newest part was stored; when it was begun, where it has none. */
  readonly touchedMs: number;
  readonly headers: ObjectHeaders;
  readonly algorithm: Algorithm | null;
  readonly type: ChecksumType;
}

export interface StoredPart {
  readonly number: number;
  readonly owner: string;
  readonly bytes: number;
  readonly etag: string;
  readonly modifiedMs: number;
  readonly checksum: Checksum | null;
}

/** A file of data; an object or a part has them in order, each whole. */
export interface StoredFile {
  readonly id: string;
  readonly bytes: number;
  /** Of all its bytes; null for a file of a time in which none was kept. */
  readonly crc32: number | null;
}

/** Keys are BLOBs: SQLite compares them byte by byte, which is S3's order. */
const TABLES = `
  CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS objects (key BLOB PRIMARY KEY, owner TEXT NOT NULL, bytes INTEGER NOT NULL, etag TEXT NOT NULL,
    modifiedMs INTEGER NOT NULL, headers TEXT NOT NULL, checksum TEXT, upload TEXT) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS uploads (id TEXT PRIMARY KEY, key BLOB NOT NULL, startedMs INTEGER NOT NULL, headers TEXT NOT NULL,
    algorithm TEXT, type TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS uploads_by_key ON uploads (key, id);
  CREATE TABLE IF NOT EXISTS parts (upload TEXT NOT NULL, number INTEGER NOT NULL, owner TEXT NOT NULL, bytes INTEGER NOT NULL,
    etag TEXT NOT NULL, modifiedMs INTEGER NOT NULL, checksum TEXT, PRIMARY KEY (upload, number)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS files (owner TEXT NOT NULL, position INTEGER NOT NULL, file TEXT NOT NULL, bytes INTEGER NOT NULL,
    crc32 INTEGER, PRIMARY KEY (owner, position)) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS files_by_id ON files (file);
`;

const UPLOADS =
  'SELECT *, coalesce((SELECT max(modifiedMs) FROM parts WHERE upload = id), startedMs) AS touchedMs FROM uploads';

type Row = Record<string, SQLOutputValue>;

/**
 * What a bucket holds, in one SQLite file. Every change is one transaction, durable when its method returns. Data stands in files
 * beside it, which exist for callers only once a row names them.
 */
export class BucketIndex {
  readonly #database: DatabaseSync;

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
    this.#database.exec(TABLES);
    // Buckets that were made before sums of files were kept.
    if (this.#get("SELECT 1 FROM pragma_table_info('files') WHERE name = 'crc32'") === undefined)
      this.#database.exec('ALTER TABLE files ADD COLUMN crc32 INTEGER');
  }

  close(): void {
    this.#database.close();
  }

  /** What was remembered under this name, or `value`, remembered from now on. */
  remember(name: string, value: string): string {
    this.#run('INSERT INTO about VALUES (?, ?) ON CONFLICT DO NOTHING', name, value);
    return String(this.#get('SELECT value FROM about WHERE name = ?', name)?.value);
  }

  /** Bytes of all objects and parts, and number of all objects, parts and uploads. */
  totals(): { readonly bytes: number; readonly entries: number } {
    const row = this.#get(
      'SELECT coalesce(sum(bytes), 0) AS bytes, count(*) AS entries FROM (SELECT bytes FROM objects UNION ALL SELECT bytes FROM parts UNION ALL SELECT 0 FROM uploads)',
    );
    return { bytes: Number(row?.bytes), entries: Number(row?.entries) };
  }

  object(key: string): StoredObject | undefined {
    const row = this.#get('SELECT * FROM objects WHERE key = ?', Buffer.from(key));
    return row === undefined ? undefined : objectOf(row);
  }

  /** Objects from a key on, itself included, in the order of their keys' bytes; read as far as they are asked for. */
  *objectsFrom(key: Uint8Array): Generator<StoredObject> {
    const rows = this.#database.prepare('SELECT * FROM objects WHERE key >= ? ORDER BY key').iterate(key);
    for (const row of rows) yield objectOf(row);
  }

  upload(id: string): StoredUpload | undefined {
    const row = this.#get(`${UPLOADS} WHERE id = ?`, id);
    return row === undefined ? undefined : uploadOf(row);
  }

  /** Uploads of a key and those after it, in the order of their keys' bytes and then of their ids; read as far as they are asked for. */
  *uploadsFrom(key: Uint8Array): Generator<StoredUpload> {
    const rows = this.#database.prepare(`${UPLOADS} WHERE key >= ? ORDER BY key, id`).iterate(key);
    for (const row of rows) yield uploadOf(row);
  }

  /** Uploads in the order in which they were last touched, the one that waits longest first. */
  uploadsByTouch(countMax: number): StoredUpload[] {
    return this.#all(`${UPLOADS} ORDER BY touchedMs LIMIT ?`, countMax).map(uploadOf);
  }

  part(upload: string, number: number): StoredPart | undefined {
    const row = this.#get('SELECT * FROM parts WHERE upload = ? AND number = ?', upload, number);
    return row === undefined ? undefined : partOf(row);
  }

  partsAfter(upload: string, number: number, countMax: number): StoredPart[] {
    const sql = 'SELECT * FROM parts WHERE upload = ? AND number > ? ORDER BY number LIMIT ?';
    return this.#all(sql, upload, number, countMax).map(partOf);
  }

  filesOf(owner: string): StoredFile[] {
    const rows = this.#all('SELECT file, bytes, crc32 FROM files WHERE owner = ? ORDER BY position', owner);
    return rows.map(({ file, bytes, crc32 }) => ({
      id: String(file),
      bytes: Number(bytes),
      crc32: crc32 === null ? null : Number(crc32),
    }));
  }

  isReferenced(file: string): boolean {
    return this.#get('SELECT 1 FROM files WHERE file = ?', file) !== undefined;
  }

  /** All changes that `work` makes, or none when it throws. */
  transaction<Result>(work: () => Result): Result {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk ends the transaction by itself.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  putObject(object: StoredObject): void {
    const { key, owner, bytes, etag, modifiedMs, headers, checksum, upload } = object;
    const values = [owner, bytes, etag, modifiedMs, JSON.stringify(headers), jsonOf(checksum), upload];
    this.#run('INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?)', Buffer.from(key), ...values);
  }

  deleteObject(key: string): void {
    this.#run('DELETE FROM objects WHERE key = ?', Buffer.from(key));
  }

  putUpload({ id, key, startedMs, headers, algorithm, type }: Omit<StoredUpload, 'touchedMs'>): void {
    const values = [startedMs, JSON.stringify(headers), algorithm, type];
    this.#run('INSERT INTO uploads VALUES (?, ?, ?, ?, ?, ?)', id, Buffer.from(key), ...values);
  }

  /** Its parts go with it. */
  deleteUpload(id: string): void {
    this.#run('DELETE FROM parts WHERE upload = ?', id);
    this.#run('DELETE FROM uploads WHERE id = ?', id);
  }

  putPart(upload: string, { number, owner, bytes, etag, modifiedMs, checksum }: StoredPart): void {
    const values = [owner, bytes, etag, modifiedMs, jsonOf(checksum)];
    this.#run('INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?, ?, ?)', upload, number, ...values);
  }

  addFiles(owner: string, files: readonly StoredFile[]): void {
    const insert = this.#database.prepare(
      'INSERT INTO files (owner, position, file, bytes, crc32) VALUES (?, ?, ?, ?, ?)',
    );
    for (const [position, { id, bytes, crc32 }] of files.entries()) insert.run(owner, position, id, bytes, crc32);
  }

  removeFiles(owner: string): void {
    this.#run('DELETE FROM files WHERE owner = ?', owner);
  }

  #run(sql: string, ...values: SQLInputValue[]): void {
    this.#database.prepare(sql).run(...values);
  }

  #get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#database.prepare(sql).get(...values);
  }

  #all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#database.prepare(sql).all(...values);
  }
}

function objectOf(row: Row): StoredObject {
  return {
    key: keyOf(row.key),
    owner: String(row.owner),
    bytes: Number(row.bytes),
    etag: String(row.etag),
    modifiedMs: Number(row.modifiedMs),
    headers: JSON.parse(String(row.headers)) as ObjectHeaders,
    checksum: checksumOf(row.checksum),
    upload: row.upload === null ? null : String(row.upload),
  };
}

function uploadOf(row: Row): StoredUpload {
  return {
    id: String(row.id),
    key: keyOf(row.key),
    startedMs: Number(row.startedMs),
    touchedMs: Number(row.touchedMs),
    headers: JSON.parse(String(row.headers)) as ObjectHeaders,
    algorithm: row.algorithm === null ? null : (String(row.algorithm) as Algorithm),
    type: String(row.type) as ChecksumType,
  };
}

function partOf(row: Row): StoredPart {
  return {
    number: Number(row.number),
    owner: String(row.owner),
    bytes: Number(row.bytes),
    etag: String(row.etag),
    modifiedMs: Number(row.modifiedMs),
    checksum: checksumOf(row.checksum),
  };
}

function keyOf(value: SQLOutputValue | undefined): string {
  return Buffer.from(value as Uint8Array).toString('utf8');
}

function jsonOf(checksum: Checksum | null): string | null {
  return checksum === null ? null : JSON.stringify(checksum);
}

function checksumOf(value: SQLOutputValue | undefined): Checksum | null {
  return typeof value === 'string' ? (JSON.parse(value) as Checksum) : null;
}
