import { concat, u64, utf8 } from './bytes.ts';
import { decode, encode } from './codec.ts';
import type { Crypto } from './crypto.ts';
import { quotient } from './integer.ts';

/**
 * What a task carries to its providers: a module with its inputs, as one AES-256-GCM ciphertext whose SHA-256 stands on the ledger, and
 * whose key is sealed to each agent of the plan; and how what came of it is bound by Merkle roots.
 */

/** AES-GCM's nonce (SP 800-38D §8.2), before the ciphertext. */
export const PAYLOAD_NONCE_BYTES = 12;
export const PAYLOAD_KEY_BYTES = 32;
const ARGS_MAX = 64;
const ARG_LENGTH_MAX = 1_024;

/** Inputs as they travel: each of its own; a text whose lines are dealt out in portions; whole numbers from `from` up to, not including, `to`. */
export type PayloadInputs =
  | { readonly split: 'list'; readonly inputs: readonly Uint8Array[] }
  | { readonly split: 'lines'; readonly text: Uint8Array; readonly perSubtask: number }
  | { readonly split: 'range'; readonly from: number; readonly to: number; readonly subtasks: number };

export interface Payload {
  /** A WASI preview 1 command module. */
  readonly module: Uint8Array;
  /** Arguments after the program's name, the same for every sub-task. */
  readonly args: readonly string[];
  readonly inputs: PayloadInputs;
}

const TAG = utf8('interpool/payload/v1');
const KEY_TAG = utf8('interpool/payload-key/v1');

/** What AES-GCM authenticates besides the ciphertext: tag ‖ genesis hash. */
export function payloadContext(network: Uint8Array): Uint8Array {
  return concat(TAG, network);
}

/** HPKE `info` of a payload's key: tag ‖ genesis hash ‖ resource u64 ‖ SHA-256 of the ciphertext. */
export function payloadKeyInfo(of: {
  readonly network: Uint8Array;
  readonly resource: bigint;
  readonly payload: Uint8Array;
}): Uint8Array {
  return concat(KEY_TAG, of.network, u64(of.resource), of.payload);
}

/** Plaintext: deterministic CBOR. */
export function encodePayload({ module, args, inputs }: Payload): Uint8Array {
  return encode({ module, args: [...args], ...plain(inputs) });
}

function plain(inputs: PayloadInputs): Record<string, string | bigint | Uint8Array | Uint8Array[]> {
  switch (inputs.split) {
    case 'list':
      return { split: 'list', inputs: [...inputs.inputs] };
    case 'lines':
      return { split: 'lines', text: inputs.text, perSubtask: BigInt(inputs.perSubtask) };
    case 'range':
      return {
        split: 'range',
        from: BigInt(inputs.from),
        to: BigInt(inputs.to),
        subtasks: BigInt(inputs.subtasks),
      };
  }
}

/** Reads a plaintext of at most `bytesMax`; undefined unless it is whole and sound. */
export function decodePayload(plaintext: Uint8Array, bytesMax: number): Payload | undefined {
  const decoded = decode(plaintext, bytesMax);
  if (!decoded.ok || typeof decoded.value !== 'object' || decoded.value === null) return undefined;
  const { module, args, ...rest } = decoded.value as Record<string, unknown>;
  if (!(module instanceof Uint8Array) || !areArgs(args)) return undefined;
  const inputs = readInputs(rest);
  return inputs === undefined ? undefined : { module, args, inputs };
}

function areArgs(args: unknown): args is readonly string[] {
  if (!Array.isArray(args) || args.length > ARGS_MAX) return false;
  return args.every((arg) => typeof arg === 'string' && arg.length <= ARG_LENGTH_MAX);
}

function readInputs(fields: Record<string, unknown>): PayloadInputs | undefined {
  const { split, ...own } = fields;
  const names = Object.keys(own).toSorted().join();
  if (split === 'list' && names === 'inputs') {
    const { inputs } = own;
    const isList = Array.isArray(inputs) && inputs.every((input) => input instanceof Uint8Array);
    return isList ? { split, inputs: inputs as Uint8Array[] } : undefined;
  }
  if (split === 'lines' && names === 'perSubtask,text') {
    const perSubtask = countOf(own['perSubtask']);
    const { text } = own;
    return text instanceof Uint8Array && perSubtask ? { split, text, perSubtask } : undefined;
  }
  if (split === 'range' && names === 'from,subtasks,to') {
    const [from, to, subtasks] = [countOf(own['from']), countOf(own['to']), countOf(own['subtasks'])];
    if (from === undefined || to === undefined || !subtasks || to - from < subtasks) return undefined;
    return { split, from, to, subtasks };
  }
  return undefined;
}

function countOf(value: unknown): number | undefined {
  const isCount = typeof value === 'bigint' && value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER);
  return isCount ? Number(value) : undefined;
}

const NEWLINE = 10;

/** The standard input of each sub-task, in order. `range`: its first number and the one after its last, in a line. */
export function subtaskInputs(inputs: PayloadInputs): readonly Uint8Array[] {
  switch (inputs.split) {
    case 'list':
      return inputs.inputs;
    case 'lines':
      return portions(inputs.text, inputs.perSubtask);
    case 'range': {
      const { from, to, subtasks } = inputs;
      const [start, length, parts] = [BigInt(from), BigInt(to - from), BigInt(subtasks)];
      const cut = (index: number): bigint => start + quotient(length * BigInt(index), parts);
      return Array.from({ length: subtasks }, (_, index) => utf8(`${cut(index)} ${cut(index + 1)}\n`));
    }
  }
}

/** Lines keep their line feed; a last one without it counts too. */
function portions(text: Uint8Array, perSubtask: number): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let start = 0, lines = 0, at = 0; at < text.length; at += 1) {
    const isEnd = at + 1 === text.length;
    if (text[at] === NEWLINE) lines += 1;
    if (lines < perSubtask && !isEnd) continue;
    found.push(text.subarray(start, at + 1));
    start = at + 1;
    lines = 0;
  }
  return found;
}

/** What came of one sub-task. */
export interface SubtaskResult {
  /** From 0, over the whole task. */
  readonly subtask: number;
  /** 0 and 'done' when it ended well. */
  readonly outcome: string;
  readonly exitCode: number;
  /** SHA-256 of what it wrote to its standard output. */
  readonly output: Uint8Array;
}

/** The leaf of a result in the tree whose root `FinishRange` signs: deterministic CBOR. */
export function resultLeaf({ subtask, outcome, exitCode, output }: SubtaskResult): Uint8Array {
  return encode({ subtask: BigInt(subtask), outcome, exitCode: BigInt(exitCode), output });
}

/** The leaf of an input: its SHA-256. */
export function inputLeaf(input: Uint8Array, crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  return crypto.sha256(input);
}
