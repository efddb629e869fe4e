import { z } from 'zod';
import type { StoredRun, StoredTask } from './task-store.ts';

/** GA4GH Task Execution Service 1.1, as far as programs without files have it: executors read a stream and write one. */

export const EXECUTORS_MAX = 1_000;
const TEXT_MAX = 1_000;
const CONTENT_CHARS_MAX = 1024 * 1024;
/** What a log shows of an output; the whole is fetched apart. */
const LOG_CHARS_MAX = 4_096;
const IMAGE = /^(?:wasi:)?([0-9a-f]{64})$/;

const text = z.string().max(TEXT_MAX);

const executor = z.looseObject({
  /** `wasi:` and the digest of an algorithm that was stored before. */
  image: z.string().regex(IMAGE, 'must be wasi: and the SHA-256 of a stored algorithm, 64 hex digits'),
  /** Arguments; the program's own name first. */
  command: z.array(text).min(1).max(64),
  /** Path of an input of this task; absent: an empty stream. */
  stdin: text.optional(),
});

export const taskSchema = z.looseObject({
  name: text.optional(),
  description: text.optional(),
  inputs: z
    .array(
      z.looseObject({
        path: text,
        content: z.string().max(CONTENT_CHARS_MAX).optional(),
        url: text.optional(),
      }),
    )
    .max(EXECUTORS_MAX)
    .optional(),
  executors: z.array(executor).min(1).max(EXECUTORS_MAX),
  tags: z.record(z.string().max(100), z.string().max(TEXT_MAX)).optional(),
});

export type AskedTask = z.infer<typeof taskSchema>;

export function digestOf(image: string): string {
  return IMAGE.exec(image)?.[1] ?? '';
}

/** The inputs of the executors in their order, or which of them is missing. */
export function inputsOf(
  task: AskedTask,
): { readonly ok: true; readonly value: Uint8Array[] } | { readonly ok: false; readonly sentence: string } {
  const inputs: Uint8Array[] = [];
  for (const [index, { stdin }] of task.executors.entries()) {
    if (stdin === undefined) {
      inputs.push(new Uint8Array());
      continue;
    }
    const input = task.inputs?.find(({ path }) => path === stdin);
    if (input === undefined)
      return {
        ok: false,
        sentence: `executors.${index}.stdin names ${JSON.stringify(stdin)}, which is no input of this task.`,
      };
    if (input.content === undefined)
      return {
        ok: false,
        sentence: `The input ${JSON.stringify(stdin)} has no content: nothing is fetched from elsewhere here.`,
      };
    inputs.push(Buffer.from(input.content, 'utf8'));
  }
  return { ok: true, value: inputs };
}

const isoOf = (timeMs: number | null): string | undefined =>
  timeMs === null ? undefined : new Date(timeMs).toISOString();

export type View = 'MINIMAL' | 'BASIC' | 'FULL';

/** A task as TES shows it. `outputOf` gives the output of a run that has ended. */
export function toTes(
  task: StoredTask,
  of: {
    readonly view: View;
    readonly runs: () => readonly StoredRun[];
    readonly outputOf: (position: number) => Uint8Array;
  },
): Record<string, unknown> {
  const id = String(task.id);
  if (of.view === 'MINIMAL') return { id, state: task.state };
  const asked = JSON.parse(task.asked) as AskedTask;
  const { inputs, ...rest } = asked;
  const runs = of.runs();
  return {
    ...rest,
    ...(of.view === 'FULL' ? { inputs } : { inputs: inputs?.map(({ content: _, ...input }) => input) }),
    id,
    state: task.state,
    creation_time: isoOf(task.createdMs),
    logs: [
      {
        start_time: isoOf(runs.find(({ startedMs }) => startedMs !== null)?.startedMs ?? null),
        end_time: isoOf(task.endedMs),
        logs: runs.filter(({ endedMs }) => endedMs !== null).map((run) => executorLog(run, of)),
        outputs: [],
        ...(task.sentence === '' ? {} : { system_logs: [task.sentence] }),
      },
    ],
  };
}

function executorLog(
  run: StoredRun,
  { view, outputOf }: { readonly view: View; readonly outputOf: (position: number) => Uint8Array },
): Record<string, unknown> {
  const stdout = (): string =>
    Buffer.from(outputOf(run.position).subarray(0, LOG_CHARS_MAX)).toString('utf8').slice(0, LOG_CHARS_MAX);
  return {
    start_time: isoOf(run.startedMs),
    end_time: isoOf(run.endedMs),
    exit_code: run.exitCode ?? 1,
    ...(view === 'FULL' ? { stdout: stdout() } : {}),
    stderr: [run.sentence, run.errors].filter((part) => part !== '').join('\n'),
    // Beside what TES says: how large the whole output is, and what the run used.
    stdout_bytes: run.outputBytes,
    cpu_ms: run.cpuMs,
    outcome: run.outcome,
  };
}
