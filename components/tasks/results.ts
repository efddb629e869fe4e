import { askGateway, type GatewayAnswer, type GatewayLink } from '#components/wallet/gateway.ts';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { merkleRoot } from '#ledger/core/merkle.ts';
import { resultLeaf } from '#ledger/core/payload.ts';
import { countFrom } from './answers.ts';
import type { Answer } from './computer.ts';
import { sha256Hex } from '#components/ui/sha256.ts';

/** What came of the sub-tasks of a divided task, from the gateway of an order that ran some of them. It is somebody else's machine: all of it is read strictly. */

export const SUBTASK_STATES = ['waiting', 'running', 'stopped', 'done', 'failed'] as const;
export type SubtaskState = (typeof SUBTASK_STATES)[number];

/** A sub-task that has ended. */
export interface EndedSubtask {
  /** From 0, over the whole task. */
  readonly subtask: number;
  readonly state: Extract<SubtaskState, 'done' | 'failed'>;
  readonly outcome: string;
  readonly exitCode: number;
  readonly cpuMs: number;
  readonly outputBytes: number;
  /** SHA-256 of its output, hex. */
  readonly digest: string;
  /** Why it failed; '' where there is nothing to say. */
  readonly sentence: string;
  /** First line of its error stream. */
  readonly errorLine: string;
}

export interface SubtaskPage {
  readonly ended: readonly EndedSubtask[];
  /** Sub-task at which the next page begins; null at the end. */
  readonly next: number | null;
}

/** Calls behind the link of one order; while the order runs each is counted. */
export interface Results {
  /** Sub-tasks from `from` on, `SUBTASKS_PAGE` at most. */
  subtasks(from: number): Promise<Answer<SubtaskPage>>;
  /** The whole output, if its SHA-256 is the one that was told of it. */
  output(subtask: Pick<EndedSubtask, 'subtask' | 'digest'>): Promise<Answer<Uint8Array<ArrayBuffer>>>;
  log(subtask: number): Promise<Answer<string>>;
}

export const SUBTASKS_PAGE = 1_000;
const WAIT_MS = 60_000;
const TEXT_MAX = 10_000;
const OUTCOME_MAX = 64;
const STRANGE: Answer<never> = { ok: false, sentence: 'The gateway’s answer cannot be read.' };

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const textOf = (value: unknown, max: number): string => (typeof value === 'string' ? value.slice(0, max) : '');

function readEnded(value: unknown): EndedSubtask[] {
  const { subtask, state, outcome, exitCode, cpuMs, outputBytes, output, sentence, errorLine } = fieldsOf(value);
  const isEnded = state === 'done' || state === 'failed';
  if (!isEnded || typeof output !== 'string' || !/^[0-9a-f]{64}$/.test(output)) return [];
  if (typeof subtask !== 'number' || !Number.isSafeInteger(subtask) || subtask < 0) return [];
  return [
    {
      subtask,
      state,
      outcome: textOf(outcome, OUTCOME_MAX),
      exitCode: Number.isSafeInteger(exitCode) ? Number(exitCode) : 1,
      cpuMs: countFrom(cpuMs),
      outputBytes: countFrom(outputBytes),
      digest: output,
      sentence: textOf(sentence, TEXT_MAX),
      errorLine: textOf(errorLine, TEXT_MAX),
    },
  ];
}

/** What `GET /subtasks` answers; undefined for what is none. */
export function readSubtasks(value: unknown): SubtaskPage | undefined {
  const { subtasks, next } = fieldsOf(value);
  if (!Array.isArray(subtasks) || subtasks.length > SUBTASKS_PAGE) return undefined;
  const isNext = typeof next === 'number' && Number.isSafeInteger(next) && next > 0;
  return { ended: subtasks.flatMap(readEnded), next: isNext ? next : null };
}

function answerOf<Value>(answer: GatewayAnswer<Value | undefined>): Answer<Value> {
  if (answer.kind !== 'served') return { ok: false, sentence: answer.sentence };
  return answer.value === undefined ? STRANGE : { ok: true, value: answer.value };
}

async function isIt(bytes: Uint8Array<ArrayBuffer>, digest: string): Promise<boolean> {
  return (await sha256Hex(bytes)) === digest;
}

export function openResults(link: GatewayLink): Results {
  return {
    async subtasks(from) {
      const path = `/subtasks?from=${from}&limit=${SUBTASKS_PAGE}`;
      const answer = await askGateway(link, { path, waitMs: WAIT_MS }, async (response) => {
        try {
          return readSubtasks(await response.json());
        } catch {
          return undefined;
        }
      });
      return answerOf(answer);
    },
    async output({ subtask, digest }) {
      const path = `/subtasks/${subtask}/output`;
      const answer = answerOf(
        await askGateway(
          link,
          { path, waitMs: WAIT_MS },
          async (response) => new Uint8Array(await response.arrayBuffer()),
        ),
      );
      if (!answer.ok || (await isIt(answer.value, digest))) return answer;
      return {
        ok: false,
        sentence: `The provider sent other bytes for sub-task ${subtask + 1} than its SHA-256 says.`,
      };
    },
    async log(subtask) {
      const path = `/subtasks/${subtask}/log`;
      const answer = answerOf(await askGateway(link, { path, waitMs: WAIT_MS }, (response) => response.text()));
      return answer.ok ? { ok: true, value: answer.value.slice(0, TEXT_MAX) } : answer;
    },
  };
}

/**
 * Whether what a gateway told of a range is what its provider signed on the ledger: the Merkle root over every sub-task's outcome and digest
 * (core/payload.ts). Undefined while sub-tasks of the range are missing.
 */
export function isAsSigned(
  ended: readonly EndedSubtask[],
  { first, count, resultRoot }: { readonly first: number; readonly count: number; readonly resultRoot: string },
): boolean | undefined {
  const own = ended
    .filter(({ subtask }) => subtask >= first && subtask < first + count)
    .toSorted((left, right) => left.subtask - right.subtask);
  if (own.length !== count) return undefined;
  const leaves = own.map(({ subtask, outcome, exitCode, digest }) =>
    resultLeaf({ subtask, outcome, exitCode, output: fromHex(digest) ?? new Uint8Array() }),
  );
  return toHex(merkleRoot(leaves, nobleCrypto)) === resultRoot;
}
