import { kindOf } from '#components/kinds/kinds.ts';
import { amountProblem, parseAmount, typedMeterOf } from '#components/ledger/amounts.ts';
import { askedOfPeople } from '#components/ledger/intended-use.ts';
import { argumentsOf } from '#components/tasks/arguments.ts';
import type { ModuleFacts } from '#components/tasks/module-check.ts';
import { parseDuration } from '#components/ui/duration.ts';
import { durationInWords, everyInWords, formatBytes, parseMicro } from '#components/ui/format.ts';
import { numberProblem } from '#components/ui/number.ts';
import { DURATION_MS_MAX, DURATION_MS_MIN } from '#ledger/contracts/agreement/definition.ts';
import { NEEDS_MAX, OPEN_MS_MAX, OPEN_MS_MIN, PAYLOAD_BYTES_MAX } from '#ledger/contracts/demand/definition.ts';
import type { MethodArgs } from '#ledger/contracts/definitions.ts';
import { askedMeters } from '#ledger/contracts/kinds/kind.ts';
import type { KindName } from '#ledger/contracts/kinds/kinds.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { fromHex } from '#ledger/core/bytes.ts';
import { encodePayload, PAYLOAD_NONCE_BYTES, type Payload } from '#ledger/core/payload.ts';
import {
  isMatched,
  limitProblem,
  needOf,
  parseLimit,
  TERM_FIELDS,
  type LimitName,
  type RequestDraft,
} from './draft.ts';
import { readInputs, type Inputs } from './inputs.ts';

/** What was chosen for a draft and lies in this browser. */
export interface Chosen {
  /** The program, once it was read and checked. */
  readonly program?: { readonly bytes: Uint8Array<ArrayBuffer>; readonly facts: ModuleFacts };
  /** Files that are the inputs. */
  readonly files?: readonly Uint8Array[];
  /** This device’s key, to which the link to what a match buys is sealed. */
  readonly encryptionKey?: Uint8Array;
  /** How long an epoch is: a match comes at its end. */
  readonly epochMs?: number;
}

/** What is wrong, by the name of the field. */
export type RequestErrors = Readonly<Partial<Record<string, string>>>;

/** What is published, but for what encryption adds; `work` and `payload` where a program is part of it. */
export interface Request {
  readonly args: Omit<MethodArgs['PublishDemand'], 'work'>;
  readonly work?: {
    readonly payload: Payload;
    readonly inputs: Inputs;
    readonly limits: Readonly<Record<LimitName, bigint>>;
    readonly copies: bigint;
  };
}

export type ReadRequest =
  { readonly ok: true; readonly request: Request } | { readonly ok: false; readonly errors: RequestErrors };

/** Plans are made to choose from: nothing is bought that a link would have to be sealed for. */
const PLANNED = { batch: false, encryptionKey: new Uint8Array(32) } as const;

interface Bought {
  readonly batch: boolean;
  readonly encryptionKey: Uint8Array;
  readonly backup: boolean;
}

/** How it is bought: a match needs this device’s key, has no backup, and comes at the end of an epoch. */
function readBuying(draft: RequestDraft, chosen: Chosen, errors: Record<string, string>): Bought {
  if (!isMatched(draft)) return { ...PLANNED, backup: draft.backup };
  const { encryptionKey, epochMs = 0 } = chosen;
  const openMs = parseDuration(draft.open, draft.openUnit, OPEN_MS_MAX);
  if (encryptionKey === undefined)
    errors.buying = 'What is bought by itself is sealed to a key of this browser: make or unlock it first.';
  if (openMs !== undefined && openMs < epochMs)
    errors.open = `A match comes ${everyInWords(epochMs)}: let the request wait at least that long.`;
  return { batch: true, encryptionKey: encryptionKey ?? PLANNED.encryptionKey, backup: false };
}

/** AES-GCM's tag. */
const TAG_BYTES = 16;

/** The draft as it is published, or what is wrong with each field in words. The contract decides on it. */
export function readRequest(draft: RequestDraft, chosen: Chosen): ReadRequest {
  const errors: Record<string, string> = {};
  const needs = readNeeds(draft, errors);
  const work = draft.hasWork ? readWork(draft, chosen, errors) : undefined;
  const times = readTimes(draft, errors);
  const bought = readBuying(draft, chosen, errors);
  const budget = parseMicro(draft.budget);
  if (budget === undefined || budget === '0')
    errors.budget =
      numberProblem(draft.budget, { decimals: 6 }) ?? 'Name the most that it may cost, in tokens, such as 5 or 0.5.';
  if (draft.purpose === '') errors.purpose = 'Choose what you will use it for: it binds you, and conditions read it.';
  if (draft.fieldOfBusiness === '') errors.fieldOfBusiness = 'Choose the field you work in: conditions read it.';
  if (Object.keys(errors).length > 0 || times === undefined) return { ok: false, errors };
  const { purpose, fieldOfBusiness } = draft;
  const args = { purpose, fieldOfBusiness, needs, ...times, budgetMicro: BigInt(budget ?? 0), ...bought };
  return { ok: true, request: { args, ...(work === undefined ? {} : { work }) } };
}

function readTimes(
  draft: RequestDraft,
  errors: Record<string, string>,
): { durationMs: bigint; openMs: bigint } | undefined {
  const durationMs = parseDuration(draft.duration, draft.durationUnit, DURATION_MS_MAX);
  const openMs = parseDuration(draft.open, draft.openUnit, OPEN_MS_MAX);
  if (durationMs === undefined || durationMs < DURATION_MS_MIN)
    errors.duration = timeProblem(draft.duration, 'How long', { min: DURATION_MS_MIN, max: DURATION_MS_MAX });
  if (openMs === undefined || openMs < OPEN_MS_MIN)
    errors.open = timeProblem(draft.open, 'How long the request stays open', { min: OPEN_MS_MIN, max: OPEN_MS_MAX });
  if (durationMs === undefined || openMs === undefined) return undefined;
  return { durationMs: BigInt(durationMs), openMs: BigInt(openMs) };
}

function timeProblem(typed: string, what: string, { min, max }: { min: bigint; max: bigint }): string {
  const bounds = `${what} must be a whole number, from ${durationInWords(Number(min))} to ${durationInWords(Number(max))}.`;
  return numberProblem(typed, { decimals: 0 }) ?? bounds;
}

type Need = Struct<'Need'>;

/** The need that carries the program comes first: the contract takes the first of its kind for it. */
function readNeeds(draft: RequestDraft, errors: Record<string, string>): Need[] {
  const carrier: Need[] = draft.hasWork
    ? [
        {
          kind: 'computing',
          terms: termsOf({ region: draft.region, zone: draft.zone }),
          choices: [],
          amounts: [],
          promise: [],
        },
      ]
    : [];
  const needs = [...carrier, ...draft.kinds.map((kind) => readNeed(draft, kind, errors))];
  if (needs.length === 0) errors.kinds = 'Choose at least one: a program, or a kind of resource.';
  if (needs.length > NEEDS_MAX) errors.kinds = `One request names ${NEEDS_MAX} at most.`;
  return needs;
}

function termsOf(typed: Readonly<Record<string, string>>): Need['terms'] {
  return Object.entries(typed)
    .map(([name, value]) => ({ name, value: value.trim() }))
    .filter(({ value }) => value !== '')
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

/** The name of the field in which an amount of a kind is typed. */
export const amountField = (kind: KindName, meter: string): string => `${kind}.${meter}`;

function readNeed(draft: RequestDraft, name: KindName, errors: Record<string, string>): Need {
  const kind = kindOf(name);
  const { ledger, screen } = kind;
  const typed = needOf(draft, name);
  const amounts = askedMeters(ledger).flatMap((meter) => {
    const counted = typedMeterOf(kind, meter);
    const amount = screen.fixedAmounts[meter] ?? parseAmount(typed.amounts[meter] ?? '', counted);
    if (amount === undefined) errors[amountField(name, meter)] = amountProblem(counted, typed.amounts[meter] ?? '');
    return amount === undefined ? [] : [{ meter, amount }];
  });
  const isWhole = amounts.length === askedMeters(ledger).length;
  const [first] = askedOfPeople(kind);
  if (isWhole && !ledger.areAmountsSound(amounts) && first !== undefined)
    errors[amountField(name, first)] =
      'These amounts do not go together: each run at the same time needs its share of the memory.';
  const choices = screen.parseChoices(typed.choices);
  const known = new Set(TERM_FIELDS[name].map(({ name: term }) => term));
  const terms = termsOf(Object.fromEntries(Object.entries(typed.terms).filter(([term]) => known.has(term))));
  return { kind: name, terms, choices: choices.ok ? choices.terms : [], amounts, promise: [] };
}

const LIMITS = ['cpu', 'memory', 'output'] as const satisfies readonly LimitName[];

function readWork(draft: RequestDraft, chosen: Chosen, errors: Record<string, string>): Request['work'] {
  const { program } = chosen;
  if (program === undefined) errors.algorithm = 'Choose a program, or take one of the samples.';
  const inputs = readInputs(draft, chosen.files);
  if (!inputs.ok) errors[inputs.field] = inputs.sentence;
  const read = LIMITS.map((name) => [name, parseLimit(draft, name)] as const);
  for (const [name, amount] of read) if (amount === undefined) errors[name] = limitProblem(draft, name);
  const limits = Object.fromEntries(read) as Readonly<Record<LimitName, bigint | undefined>>;
  const { cpu, memory, output } = limits;
  if (!program || !inputs.ok || cpu === undefined || memory === undefined || output === undefined) return undefined;
  if (memory < program.facts.memoryMiBMin)
    errors.memory = `This program begins with ${program.facts.memoryMiBMin} MiB of memory: allow at least as much.`;
  const payload: Payload = { module: program.bytes, args: argumentsOf(draft.args), inputs: inputs.value.inputs };
  const bytes = payloadBytesOf(payload);
  if (bytes > PAYLOAD_BYTES_MAX)
    errors.texts = `Program and inputs have ${formatBytes(bytes)} together; ${formatBytes(Number(PAYLOAD_BYTES_MAX))} can be carried.`;
  return { payload, inputs: inputs.value, limits: { cpu, memory, output }, copies: BigInt(draft.copies) };
}

/** Bytes of the ciphertext that will carry a payload. */
export function payloadBytesOf(payload: Payload): number {
  return encodePayload(payload).length + PAYLOAD_NONCE_BYTES + TAG_BYTES;
}

/** What is signed, once the payload is encrypted; undefined when a program is part of it and no payload was made. */
export function publishArgs(
  { args, work }: Request,
  encrypted?: { readonly algorithm: string; readonly digest: string; readonly ciphertext: Uint8Array },
): MethodArgs['PublishDemand'] | undefined {
  if (work === undefined) return { ...args, work: [] };
  const [algorithm, payload] = [fromHex(encrypted?.algorithm ?? ''), fromHex(encrypted?.digest ?? '')];
  if (encrypted === undefined || !algorithm || !payload) return undefined;
  const { inputs, limits, copies } = work;
  return {
    ...args,
    work: [
      {
        algorithm,
        payload,
        payloadBytes: BigInt(encrypted.ciphertext.length),
        subtasks: BigInt(inputs.subtasks),
        split: inputs.inputs.split,
        cpuMs: limits.cpu,
        memoryMiB: limits.memory,
        inputBytes: BigInt(inputs.inputBytes),
        outputBytes: limits.output,
        copies,
      },
    ],
  };
}
