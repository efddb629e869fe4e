import { DatabaseSync } from 'node:sqlite';

/** States of GA4GH TES 1.1 that a task here can be in. */
export const TASK_STATES = ['QUEUED', 'RUNNING', 'COMPLETE', 'EXECUTOR_ERROR', 'SYSTEM_ERROR', 'CANCELED'] as const;
export type TaskState = (typeof TASK_STATES)[number];

export function isOver(state: TaskState): boolean {
  return state !== 'QUEUED' && state !== 'RUNNING';
}

export interface StoredAlgorithm {
  /** SHA-256 of the module as it was sent, hex. */
  readonly digest: string;
  readonly bytes: number;
  readonly storedMs: number;
}

/** One run of an algorithm: a sub-task. Its output is kept apart, for it can be large. */
export interface StoredRun {
  readonly position: number;
  /** Null until it has ended. */
  readonly outcome: string | null;
  readonly sentence: string;
  readonly exitCode: number | null;
  readonly cpuMs: number;
  readonly startedMs: number | null;
  readonly endedMs: number | null;
  readonly outputBytes: number;
  /** The first of what it wrote to its error stream. */
  readonly errors: string;
}

export interface StoredTask {
  readonly id: number;
  readonly state: TaskState;
  /** As it was asked for, JSON. */
  readonly asked: string;
  readonly createdMs: number;
  readonly endedMs: number | null;
  /** Why it ended as it did; '' for a task that was completed. */
  readonly sentence: string;
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS algorithms (digest TEXT PRIMARY KEY, module BLOB NOT NULL, storedMs INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS tasks (id INTEGER PRIMARY KEY AUTOINCREMENT, state TEXT NOT NULL, asked TEXT NOT NULL,
    createdMs INTEGER NOT NULL, endedMs INTEGER, sentence TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS runs (task INTEGER NOT NULL, position INTEGER NOT NULL, input BLOB NOT NULL, outcome TEXT, sentence TEXT NOT NULL,
    exitCode INTEGER, cpuMs INTEGER NOT NULL, startedMs INTEGER, endedMs INTEGER, output BLOB, errors TEXT NOT NULL,
    PRIMARY KEY (task, position)) STRICT;
`;

const RUN_COLUMNS =
  'position, outcome, sentence, exitCode, cpuMs, startedMs, endedMs, coalesce(length(output), 0) AS outputBytes, errors';

/** Algorithms, tasks and results of one order, in one SQLite file: what was answered survives a crash, and nothing is left when it is erased. */
export class TaskStore {
  readonly #database: DatabaseSync;

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
    this.#database.exec(TABLES);
    // What ran when the process ended did not end: it is run again, and gives the same result.
    this.#database.exec("UPDATE tasks SET state = 'QUEUED' WHERE state = 'RUNNING'");
    this.#database.exec('UPDATE runs SET startedMs = NULL WHERE endedMs IS NULL');
  }

  close(): void {
    this.#database.close();
  }

  /** Bytes that algorithms, inputs and outputs take together. */
  get bytes(): number {
    const row = this.#database
      .prepare(
        `SELECT (SELECT coalesce(sum(length(module)), 0) FROM algorithms) +
          (SELECT coalesce(sum(length(input) + coalesce(length(output), 0)), 0) FROM runs) AS bytes`,
      )
      .get();
    return Number(row?.['bytes'] ?? 0);
  }

  keepAlgorithm(digest: string, module: Uint8Array, storedMs: number): void {
    this.#database
      .prepare('INSERT INTO algorithms (digest, module, storedMs) VALUES (?, ?, ?) ON CONFLICT (digest) DO NOTHING')
      .run(digest, module, storedMs);
  }

  get algorithms(): StoredAlgorithm[] {
    return this.#database
      .prepare('SELECT digest, length(module) AS bytes, storedMs FROM algorithms ORDER BY storedMs, digest')
      .all() as unknown as StoredAlgorithm[];
  }

  module(digest: string): Uint8Array | undefined {
    const row = this.#database.prepare('SELECT module FROM algorithms WHERE digest = ?').get(digest);
    return row?.['module'] as Uint8Array | undefined;
  }

  hasAlgorithm(digest: string): boolean {
    return this.#database.prepare('SELECT 1 FROM algorithms WHERE digest = ?').get(digest) !== undefined;
  }

  /** False when there was none. */
  dropAlgorithm(digest: string): boolean {
    return this.#database.prepare('DELETE FROM algorithms WHERE digest = ?').run(digest).changes > 0;
  }

  /** The new task's id. */
  addTask(asked: string, inputs: readonly Uint8Array[], createdMs: number): number {
    return this.#whole(() => {
      const { lastInsertRowid } = this.#database
        .prepare("INSERT INTO tasks (state, asked, createdMs, sentence) VALUES ('QUEUED', ?, ?, '')")
        .run(asked, createdMs);
      const insert = this.#database.prepare(
        "INSERT INTO runs (task, position, input, sentence, cpuMs, errors) VALUES (?, ?, ?, '', 0, '')",
      );
      inputs.forEach((input, position) => insert.run(lastInsertRowid, position, input));
      return Number(lastInsertRowid);
    });
  }

  task(id: number): StoredTask | undefined {
    return this.#database.prepare('SELECT * FROM tasks WHERE id = ?').get(id) as StoredTask | undefined;
  }

  /** Newest first, those below `before` where it is given. */
  tasks(count: number, before: number | null): StoredTask[] {
    return this.#database
      .prepare('SELECT * FROM tasks WHERE ? IS NULL OR id < ? ORDER BY id DESC LIMIT ?')
      .all(before, before, count) as unknown as StoredTask[];
  }

  get queued(): number[] {
    const rows = this.#database.prepare("SELECT id FROM tasks WHERE state = 'QUEUED' ORDER BY id").all();
    return rows.map(({ id }) => Number(id));
  }

  /** Tasks that are not over. */
  get openTasks(): number {
    const row = this.#database.prepare("SELECT count(*) AS n FROM tasks WHERE state IN ('QUEUED', 'RUNNING')").get();
    return Number(row?.['n'] ?? 0);
  }

  setState(id: number, state: TaskState, of: { readonly sentence?: string; readonly atMs: number }): void {
    this.#database
      .prepare('UPDATE tasks SET state = ?, sentence = ?, endedMs = ? WHERE id = ?')
      .run(state, of.sentence ?? '', isOver(state) ? of.atMs : null, id);
  }

  runs(task: number): StoredRun[] {
    return this.#database
      .prepare(`SELECT ${RUN_COLUMNS} FROM runs WHERE task = ? ORDER BY position`)
      .all(task) as unknown as StoredRun[];
  }

  input(task: number, position: number): Uint8Array {
    const row = this.#database.prepare('SELECT input FROM runs WHERE task = ? AND position = ?').get(task, position);
    return (row?.['input'] ?? new Uint8Array()) as Uint8Array;
  }

  /** Undefined while the run has not ended. */
  output(task: number, position: number): Uint8Array | undefined {
    const row = this.#database
      .prepare('SELECT output FROM runs WHERE task = ? AND position = ? AND endedMs IS NOT NULL')
      .get(task, position);
    return row === undefined ? undefined : ((row['output'] ?? new Uint8Array()) as Uint8Array);
  }

  beginRun(task: number, position: number, atMs: number): void {
    this.#database.prepare('UPDATE runs SET startedMs = ? WHERE task = ? AND position = ?').run(atMs, task, position);
  }

  endRun(
    task: number,
    { position, outcome, sentence, exitCode, cpuMs, endedMs, errors }: Omit<StoredRun, 'outputBytes' | 'startedMs'>,
    output: Uint8Array,
  ): void {
    this.#database
      .prepare(
        `UPDATE runs SET outcome = ?, sentence = ?, exitCode = ?, cpuMs = ?, endedMs = ?, output = ?, errors = ?
          WHERE task = ? AND position = ?`,
      )
      .run(outcome, sentence, exitCode, cpuMs, endedMs, output, errors, task, position);
  }

  #whole<Value>(work: () => Value): Value {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const value = work();
      this.#database.exec('COMMIT');
      return value;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}
