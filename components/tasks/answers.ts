/** What a gateway answers about algorithms and tasks. It is somebody else's machine: what is not as it should be is left out, and texts are bounded. */

export interface KeptAlgorithm {
  /** SHA-256 of the module, hex. */
  readonly digest: string;
  readonly bytes: number;
}

/** States of GA4GH TES 1.1 that a task can be in. */
export const TASK_STATES = ['QUEUED', 'RUNNING', 'COMPLETE', 'EXECUTOR_ERROR', 'SYSTEM_ERROR', 'CANCELED'] as const;
export type TaskState = (typeof TASK_STATES)[number];

/** A run of a task that has ended. */
export interface EndedRun {
  /** Which of the task's runs, from 0. */
  readonly position: number;
  readonly isDone: boolean;
  readonly exitCode: number;
  readonly cpuMs: number;
  readonly outputBytes: number;
  /** Why it failed, and what it wrote to its error stream. */
  readonly log: string;
}

export interface Task {
  readonly id: string;
  readonly name: string;
  readonly state: TaskState;
  /** Runs that it has; they are made one after the other. */
  readonly runs: number;
  readonly ended: readonly EndedRun[];
  /** Why it ended as it did; '' where there is nothing to say. */
  readonly sentence: string;
  readonly tags: Readonly<Record<string, string>>;
}

const TEXT_MAX = 10_000;
const NAME_MAX = 200;

export function isOver({ state }: Pick<Task, 'state'>): boolean {
  return state !== 'QUEUED' && state !== 'RUNNING';
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown, max = TEXT_MAX): string {
  return typeof value === 'string' ? value.slice(0, max) : '';
}

/** A count from 0 up; 0 for everything that is none. */
export function countFrom(value: unknown): number {
  const count = Number(value);
  return Number.isSafeInteger(count) && count >= 0 ? count : 0;
}

export function readAlgorithm(value: unknown): KeptAlgorithm | undefined {
  const { digest, bytes } = fieldsOf(value);
  return typeof digest === 'string' && /^[0-9a-f]{64}$/.test(digest) ? { digest, bytes: countFrom(bytes) } : undefined;
}

export function readAlgorithms(value: unknown): KeptAlgorithm[] {
  return listOf(fieldsOf(value)['algorithms']).flatMap((one) => readAlgorithm(one) ?? []);
}

function readRun(value: unknown, position: number): EndedRun {
  const { exit_code: exitCode, cpu_ms: cpuMs, stdout_bytes: outputBytes, outcome, stderr } = fieldsOf(value);
  return {
    position,
    isDone: outcome === 'done',
    exitCode: Number.isSafeInteger(exitCode) ? Number(exitCode) : 1,
    cpuMs: countFrom(cpuMs),
    outputBytes: countFrom(outputBytes),
    log: textOf(stderr),
  };
}

/** A task in the view BASIC or FULL: its executors are its runs, and logs stand for those that have ended, in their order. */
export function readTask(value: unknown): Task | undefined {
  const { id, name, state, executors, logs, tags } = fieldsOf(value);
  const known = TASK_STATES.find((one) => one === state);
  if (typeof id !== 'string' || !/^\d{1,15}$/.test(id) || known === undefined) return undefined;
  const log = fieldsOf(listOf(logs)[0]);
  const runs = listOf(executors).length;
  return {
    id,
    name: textOf(name, NAME_MAX),
    state: known,
    runs,
    ended: listOf(log['logs']).slice(0, runs).map(readRun),
    sentence: textOf(listOf(log['system_logs'])[0]),
    tags: Object.fromEntries(Object.entries(fieldsOf(tags)).map(([key, tag]) => [key, textOf(tag, NAME_MAX)])),
  };
}

export function readTasks(value: unknown): Task[] {
  return listOf(fieldsOf(value)['tasks']).flatMap((one) => readTask(one) ?? []);
}

export function readTaskId(value: unknown): string | undefined {
  const { id } = fieldsOf(value);
  return typeof id === 'string' && /^\d{1,15}$/.test(id) ? id : undefined;
}

/** A run that came to nothing, as the gateway tells it. */
export interface RunFailure {
  readonly sentence: string;
  /** Null where it had none, or none was told. */
  readonly exitCode: number | null;
  readonly cpuMs: number | undefined;
  readonly errors: string;
}

/** A refusal as a failed run; with nothing but its sentence where nothing had begun. */
export function readFailure(sentence: string, problem: unknown): RunFailure {
  const { outcome, exitCode, cpuMs, stderr } = fieldsOf(problem);
  if (typeof outcome !== 'string') return { sentence, exitCode: null, cpuMs: undefined, errors: '' };
  return {
    sentence,
    exitCode: typeof exitCode === 'number' ? exitCode : null,
    cpuMs: countFrom(cpuMs),
    errors: textOf(stderr),
  };
}
