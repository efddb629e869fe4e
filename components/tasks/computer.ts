import { askGateway, type GatewayAnswer, type GatewayLink } from '#components/wallet/gateway.ts';
import {
  countFrom,
  readAlgorithm,
  readAlgorithms,
  readFailure,
  readTask,
  readTaskId,
  readTasks,
  type KeptAlgorithm,
  type RunFailure,
  type Task,
} from './answers.ts';

/** What was asked for, or why it did not come, in the gateway's own words where it said any. */
export type Answer<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly sentence: string };

export interface RunResult {
  readonly output: Uint8Array<ArrayBuffer>;
  /** Processor time; undefined where the gateway did not say it. */
  readonly cpuMs: number | undefined;
}

export type RunAnswer =
  { readonly ok: true; readonly value: RunResult } | { readonly ok: false; readonly failure: RunFailure };

/** A task as it is asked for: the same program over many inputs, a run each. */
export interface AskedTask {
  readonly name: string;
  readonly digest: string;
  readonly args: readonly string[];
  readonly inputs: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
}

/** Calls behind one order's link. Each is counted, and none is made twice by itself. */
export interface Computer {
  algorithms(): Promise<Answer<readonly KeptAlgorithm[]>>;
  add(module: Blob): Promise<Answer<KeptAlgorithm>>;
  drop(digest: string): Promise<Answer<null>>;
  invoke(digest: string, args: readonly string[], input: Blob): Promise<RunAnswer>;
  /** The newest tasks, newest first. */
  tasks(): Promise<Answer<readonly Task[]>>;
  task(id: string): Promise<Answer<Task>>;
  create(asked: AskedTask): Promise<Answer<string>>;
  cancel(id: string): Promise<Answer<null>>;
  /** All that a run of a task wrote. */
  output(id: string, position: number): Promise<Answer<Uint8Array<ArrayBuffer>>>;
}

export const TES = '/ga4gh/tes/v1';
const WAIT_MS = 60_000;
/** A run waits for a slot, and may take as long as the order allows. */
const RUN_WAIT_MS = 3_600_000;
const TASKS_SHOWN = 20;
const STRANGE: Answer<never> = { ok: false, sentence: 'The gateway’s answer cannot be read.' };

function answerOf<Value>(answer: GatewayAnswer<Value | undefined>): Answer<Value> {
  if (answer.kind !== 'served') return { ok: false, sentence: answer.sentence };
  return answer.value === undefined ? STRANGE : { ok: true, value: answer.value };
}

/** The body of a TES task: an input that stands in the task itself, and an executor, for each run. */
export function taskBody({ name, digest, args, inputs, tags }: AskedTask): string {
  return JSON.stringify({
    name,
    ...(tags === undefined ? {} : { tags }),
    inputs: inputs.map((content, index) => ({ path: `/in/${index}`, content })),
    executors: inputs.map((_, index) => ({
      image: `wasi:${digest}`,
      command: ['program', ...args],
      stdin: `/in/${index}`,
    })),
  });
}

/** Where an algorithm is run once with these arguments. */
export function invokePath(digest: string, args: readonly string[]): string {
  const query = new URLSearchParams(args.map((arg) => ['arg', arg])).toString();
  return `/algorithms/${digest}/invoke${query === '' ? '' : `?${query}`}`;
}

export function openComputer(link: GatewayLink): Computer {
  /** A call that answers JSON, or nothing. */
  async function json<Value>(
    path: string,
    read: (value: unknown) => Value | undefined,
    of: { method?: 'GET' | 'POST' | 'DELETE'; body?: Blob } = {},
  ): Promise<Answer<Value>> {
    const answer = await askGateway(link, { path, waitMs: WAIT_MS, ...of }, async (response) => {
      try {
        return read(response.status === 204 ? null : await response.json());
      } catch {
        return undefined;
      }
    });
    return answerOf(answer);
  }
  const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());
  return {
    algorithms: () => json('/algorithms', readAlgorithms),
    add: (module) => json('/algorithms', readAlgorithm, { method: 'POST', body: new Blob([module]) }),
    drop: (digest) => json(`/algorithms/${digest}`, () => null, { method: 'DELETE' }),
    async invoke(digest, args, input) {
      const ask = {
        path: invokePath(digest, args),
        method: 'POST',
        body: new Blob([input]),
        waitMs: RUN_WAIT_MS,
      } as const;
      const answer = await askGateway(link, ask, async (response): Promise<RunResult> => {
        const said = response.headers.get('x-cpu-ms');
        return { output: await bytesOf(response), cpuMs: said === null ? undefined : countFrom(said) };
      });
      if (answer.kind === 'served') return { ok: true, value: answer.value };
      const problem = answer.kind === 'refused' ? answer.problem : undefined;
      return { ok: false, failure: readFailure(answer.sentence, problem) };
    },
    tasks: () => json(`${TES}/tasks?view=BASIC&page_size=${TASKS_SHOWN}`, readTasks),
    task: (id) => json(`${TES}/tasks/${id}?view=BASIC`, readTask),
    create: (asked) => json(`${TES}/tasks`, readTaskId, { method: 'POST', body: new Blob([taskBody(asked)]) }),
    cancel: (id) => json(`${TES}/tasks/${id}:cancel`, () => null, { method: 'POST' }),
    async output(id, position) {
      return answerOf(await askGateway(link, { path: `/tasks/${id}/outputs/${position}`, waitMs: WAIT_MS }, bytesOf));
    },
  };
}
