import { countOf } from '#components/ui/count.ts';
import { formatBytes, formatCount } from '#components/ui/format.ts';
import { numberProblem, readNumber } from '#components/ui/number.ts';
import { PAYLOAD_BYTES_MAX, SUBTASKS_MAX, type Split } from '#ledger/contracts/demand/definition.ts';
import { subtaskInputs, type PayloadInputs } from '#ledger/core/payload.ts';

/** How the inputs of a program are typed or chosen. */
export interface InputsDraft {
  readonly split: Split;
  /** One input a line; or the text whose lines are dealt out. */
  readonly texts: string;
  /** Digest of files that this browser keeps; '' while a text is typed. */
  readonly files: string;
  /** Lines of one portion. */
  readonly perSubtask: string;
  /** The first line names columns: every portion begins with it. */
  readonly hasHeading: boolean;
  readonly from: string;
  readonly to: string;
  readonly subtasks: string;
}

export interface Inputs {
  readonly inputs: PayloadInputs;
  readonly subtasks: number;
  /** Of the largest input. */
  readonly inputBytes: number;
}

/** `field`: what has to be put right. */
export type ReadInputs =
  | { readonly ok: true; readonly value: Inputs }
  | {
      readonly ok: false;
      readonly field: 'texts' | 'perSubtask' | 'from' | 'to' | 'subtasks';
      readonly sentence: string;
    };

type Wrong = Extract<ReadInputs, { ok: false }>;

const wrong = (field: Wrong['field'], sentence: string): Wrong => ({ ok: false, field, sentence });
const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A whole number from `min` to `max`, or what is wrong with it. */
function wholeOf(typed: string, of: { min: number; max: number; what: string }): number | string {
  const reading = readNumber(typed, { decimals: 0 });
  if (reading.ok && reading.value >= of.min && reading.value <= of.max) return Number(reading.value);
  const bounds = `${of.what} must be a whole number from ${formatCount(of.min)} to ${formatCount(of.max)}.`;
  return numberProblem(typed, { decimals: 0 }) ?? bounds;
}

/** The inputs of every sub-task, measured. `files`: those that the draft names, in their order; undefined while none are chosen. */
export function readInputs(draft: InputsDraft, files: readonly Uint8Array[] | undefined): ReadInputs {
  switch (draft.split) {
    case 'list':
      return measured(files ?? listedTexts(draft.texts));
    case 'lines':
      return readLines(draft, files);
    case 'range':
      return readRange(draft);
  }
}

function listedTexts(texts: string): Uint8Array[] {
  return texts
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .map(encoded);
}

function measured(inputs: readonly Uint8Array[]): ReadInputs {
  if (inputs.length === 0)
    return wrong('texts', 'Write an input for each sub-task, one a line, or choose files: there is none yet.');
  return bounded({ split: 'list', inputs });
}

function readLines(draft: InputsDraft, files: readonly Uint8Array[] | undefined): ReadInputs {
  const text = files?.[0] ?? encoded(draft.texts);
  if (text.length === 0) return wrong('texts', 'Choose a file, or write a text: it is empty.');
  const perSubtask = wholeOf(draft.perSubtask, { min: 1, max: 10_000_000, what: 'Lines of a portion' });
  if (typeof perSubtask === 'string') return wrong('perSubtask', perSubtask);
  if (!draft.hasHeading) return bounded({ split: 'lines', text, perSubtask });
  const end = text.indexOf(NEWLINE) + 1;
  if (end === 0 || end === text.length) return wrong('texts', 'The text has a heading and no line after it.');
  const [heading, rest] = [text.subarray(0, end), text.subarray(end)];
  const portions = subtaskInputs({ split: 'lines', text: rest, perSubtask });
  return bounded({ split: 'list', inputs: portions.map((portion) => joined(heading, portion)) });
}

const NEWLINE = 10;

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function readRange(draft: InputsDraft): ReadInputs {
  const most = Number.MAX_SAFE_INTEGER;
  const from = wholeOf(draft.from, { min: 0, max: most, what: 'The first number' });
  if (typeof from === 'string') return wrong('from', from);
  const to = wholeOf(draft.to, { min: from + 1, max: most, what: 'The number after the last' });
  if (typeof to === 'string') return wrong('to', to);
  const subtasks = wholeOf(draft.subtasks, {
    min: 1,
    max: Math.min(Number(SUBTASKS_MAX), to - from),
    what: 'The number of sub-tasks',
  });
  if (typeof subtasks === 'string') return wrong('subtasks', subtasks);
  return bounded({ split: 'range', from, to, subtasks });
}

/** What a demand may carry: so many sub-tasks, and so many bytes with the program. */
function bounded(inputs: PayloadInputs): ReadInputs {
  const each = subtaskInputs(inputs);
  if (each.length > SUBTASKS_MAX) {
    const sentence = `These are ${countOf(each.length, 'sub-task')}; one request has ${formatCount(SUBTASKS_MAX.toString())} at most.`;
    return wrong(inputs.split === 'lines' ? 'perSubtask' : 'texts', sentence);
  }
  const bytes = inputs.split === 'range' ? 0 : each.reduce((sum, input) => sum + input.length, 0);
  if (bytes > PAYLOAD_BYTES_MAX) {
    const sentence = `The inputs have ${formatBytes(bytes)} together; program and inputs may have ${formatBytes(Number(PAYLOAD_BYTES_MAX))}.`;
    return wrong('texts', sentence);
  }
  const inputBytes = each.reduce((largest, input) => Math.max(largest, input.length), 0);
  return { ok: true, value: { inputs, subtasks: each.length, inputBytes } };
}
