import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { AssignedRange } from '#agent/resources/kind.ts';
import type { RangeFault } from '#ledger/contracts/plan/definition.ts';

/** `stopped`: it need not be run any more, or not now; what was done of it is kept. */
export type RangeState = 'waiting' | 'running' | 'finished' | 'failed' | 'stopped';

export interface StoredRange {
  readonly range: number;
  readonly demand: number;
  readonly first: number;
  readonly count: number;
  readonly attempt: number;
  readonly state: RangeState;
  /** Null unless it failed as a whole. */
  readonly fault: RangeFault | null;
  /** Why it failed; '' otherwise. */
  readonly sentence: string;
  /** Hex; null until it is finished. */
  readonly inputRoot: string | null;
  readonly resultRoot: string | null;
}

/** How a sub-task ended: its output and its log are kept apart from it. */
export interface SubtaskEnd {
  readonly subtask: number;
  readonly outcome: string;
  /** −1 where the program did not exit by itself. */
  readonly exitCode: number;
  readonly cpuMs: number;
  readonly outputBytes: number;
  /** SHA-256 of what it wrote. */
  readonly digest: Uint8Array;
  /** '' for one that ended well; the first line is the cause. */
  readonly sentence: string;
  /** First line of its error stream. */
  readonly errorLine: string;
}

/** The same with everything that was written. */
export interface EndedSubtask extends SubtaskEnd {
  readonly output: Uint8Array;
  /** The first of its error stream. */
  readonly errors: string;
}

/** Of sub-tasks that have ended. */
export interface Totals {
  readonly ended: number;
  readonly failed: number;
  readonly cpuMs: number;
}

/** Sub-tasks from `from` up to, not including, `to`. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS ranges (range INTEGER PRIMARY KEY, demand INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
    attempt INTEGER NOT NULL, state TEXT NOT NULL, fault TEXT, sentence TEXT NOT NULL, inputRoot TEXT, resultRoot TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS subtasks (subtask INTEGER PRIMARY KEY, outcome TEXT NOT NULL, exitCode INTEGER NOT NULL, cpuMs INTEGER NOT NULL,
    outputBytes INTEGER NOT NULL, digest BLOB NOT NULL, sentence TEXT NOT NULL, errorLine TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS written (subtask INTEGER PRIMARY KEY, output BLOB NOT NULL, errors TEXT NOT NULL) STRICT;
`;

/** Ranges of one order and what came of their sub-tasks, in one SQLite file, which outlives the order by the time that results are kept. */
export class ResultStore {
  readonly #database: DatabaseSync;
  readonly #addSubtask: StatementSync;
  readonly #addWritten: StatementSync;
  #bytes: number;

  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
    this.#database.exec(TABLES);
    this.#addSubtask = this.#database.prepare(
      'INSERT INTO subtasks VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (subtask) DO NOTHING',
    );
    this.#addWritten = this.#database.prepare('INSERT INTO written VALUES (?, ?, ?) ON CONFLICT (subtask) DO NOTHING');
    const row = this.#database.prepare('SELECT coalesce(sum(outputBytes), 0) AS bytes FROM subtasks').get();
    this.#bytes = Number(row?.['bytes'] ?? 0);
  }

  close(): void {
    this.#database.close();
  }

  /** Bytes of all outputs together. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Remembers a range that is to be run. A later attempt begins again with what was done before; a stopped one goes on. */
  wantRange({ range, demand, first, count, attempt }: AssignedRange): StoredRange {
    const known = this.range(range);
    const isNew = known === undefined || known.attempt < attempt;
    if (isNew)
      this.#database
        .prepare(`INSERT OR REPLACE INTO ranges VALUES (?, ?, ?, ?, ?, 'waiting', NULL, '', NULL, NULL)`)
        .run(range, demand, first, count, attempt);
    else if (known.state === 'stopped') this.setState(range, 'waiting');
    const kept = this.range(range);
    if (kept === undefined) throw new Error('a range that was written is there');
    return kept;
  }

  range(range: number): StoredRange | undefined {
    return this.#database.prepare('SELECT * FROM ranges WHERE range = ?').get(range) as StoredRange | undefined;
  }

  /** In the order of their sub-tasks. */
  get ranges(): StoredRange[] {
    return this.#database.prepare('SELECT * FROM ranges ORDER BY first, range').all() as unknown as StoredRange[];
  }

  setState(range: number, state: Exclude<RangeState, 'finished' | 'failed'>): void {
    this.#database.prepare('UPDATE ranges SET state = ? WHERE range = ?').run(state, range);
  }

  finish(range: number, { inputRoot, resultRoot }: { readonly inputRoot: string; readonly resultRoot: string }): void {
    this.#database
      .prepare("UPDATE ranges SET state = 'finished', inputRoot = ?, resultRoot = ? WHERE range = ?")
      .run(inputRoot, resultRoot, range);
  }

  fail(range: number, { fault, sentence }: { readonly fault: RangeFault; readonly sentence: string }): void {
    this.#database
      .prepare("UPDATE ranges SET state = 'failed', fault = ?, sentence = ? WHERE range = ?")
      .run(fault, sentence, range);
  }

  /** All of them or none, durable when it returns. One that is there already stays as it is. */
  addEnded(ended: readonly EndedSubtask[]): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      for (const each of ended) {
        const { subtask, outcome, exitCode, cpuMs, outputBytes, digest, sentence, errorLine } = each;
        this.#addSubtask.run(subtask, outcome, exitCode, cpuMs, outputBytes, digest, sentence, errorLine);
        this.#addWritten.run(subtask, each.output, each.errors);
      }
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
    for (const { outputBytes } of ended) this.#bytes += outputBytes;
  }

  /** Those of a stretch that have not ended, in order. */
  missing({ from, to }: Stretch): number[] {
    const ended = new Set<unknown>();
    const rows = this.#database.prepare('SELECT subtask FROM subtasks WHERE subtask >= ? AND subtask < ?');
    for (const { subtask } of rows.iterate(from, to)) ended.add(subtask);
    const missing: number[] = [];
    for (let subtask = from; subtask < to; subtask += 1) if (!ended.has(subtask)) missing.push(subtask);
    return missing;
  }

  /** The first `count` of a stretch that have ended, in order. */
  ended({ from, to }: Stretch, count: number): SubtaskEnd[] {
    return this.#database
      .prepare('SELECT * FROM subtasks WHERE subtask >= ? AND subtask < ? ORDER BY subtask LIMIT ?')
      .all(from, to, count) as unknown as SubtaskEnd[];
  }

  totals({ from, to }: Stretch): Totals {
    const row = this.#database
      .prepare(
        `SELECT count(*) AS ended, count(*) FILTER (WHERE outcome <> 'done') AS failed, coalesce(sum(cpuMs), 0) AS cpuMs
          FROM subtasks WHERE subtask >= ? AND subtask < ?`,
      )
      .get(from, to);
    return row as unknown as Totals;
  }

  /** Undefined until the sub-task has ended. */
  output(subtask: number): Uint8Array | undefined {
    const row = this.#database.prepare('SELECT output FROM written WHERE subtask = ?').get(subtask);
    return row?.['output'] as Uint8Array | undefined;
  }

  /** Why the sub-task ended as it did, then what it wrote to its error stream; undefined until it has ended. */
  log(subtask: number): string | undefined {
    const row = this.#database
      .prepare('SELECT sentence, errors FROM subtasks JOIN written USING (subtask) WHERE subtask = ?')
      .get(subtask);
    if (row === undefined) return undefined;
    return [row['sentence'], row['errors']].filter((part) => part !== '').join('\n');
  }
}
