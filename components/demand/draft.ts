import type { KindDraft } from '#components/kinds/kind.ts';
import { kindOf, type ShownKind } from '#components/kinds/kinds.ts';
import { amountDraft, amountProblem, parseAmount, typedMeterOf } from '#components/ledger/amounts.ts';
import { askedOfPeople } from '#components/ledger/intended-use.ts';
import { MANDELBROT } from '#components/tasks/samples.ts';
import { SAMPLE_PART, SAMPLE_PLAN, tileLines } from '#components/tasks/tiles.ts';
import { DURATION_UNIT_NAMES, type DurationUnit } from '#components/ui/duration.ts';
import { microDraft } from '#components/ui/format.ts';
import { SPLITS, SUBTASK_MS_MAX, SUBTASK_OUTPUT_BYTES_MAX } from '#ledger/contracts/demand/definition.ts';
import { MEMORY_MIB_MAX, RUN_MEMORY_MIB_MIN } from '#ledger/contracts/kinds/computing.ts';
import { kinds as ledgerKinds, type KindName } from '#ledger/contracts/kinds/kinds.ts';
import type { InputsDraft } from './inputs.ts';

/** What is asked for of one kind without a program: attributes that an offer must have, choices, and amounts by meter, as they are typed. */
export interface NeedDraft {
  readonly terms: Readonly<Record<string, string>>;
  readonly choices: KindDraft;
  readonly amounts: Readonly<Record<string, string>>;
}

export const BUYINGS = ['plans', 'match'] as const;
export type Buying = (typeof BUYINGS)[number];

/** A request while it is typed. Files are named by their digests: they lie beside it in this browser (assets.ts). */
export interface RequestDraft extends InputsDraft {
  /** A program over many inputs is part of it. */
  readonly hasWork: boolean;
  /** Kinds that are needed besides. */
  readonly kinds: readonly KindName[];
  readonly needs: Readonly<Record<string, NeedDraft>>;
  /** SHA-256 of a program that this browser keeps, or of a sample; '' before one is chosen. */
  readonly algorithm: string;
  readonly args: string;
  /** Seconds of processor time of one sub-task. */
  readonly cpu: string;
  readonly memory: string;
  /** Megabytes that one sub-task may write. */
  readonly output: string;
  readonly copies: '1' | '2';
  /** Of the machines that run it; '' for anywhere. */
  readonly region: string;
  readonly zone: string;
  readonly duration: string;
  readonly durationUnit: DurationUnit;
  readonly budget: string;
  readonly open: string;
  readonly openUnit: DurationUnit;
  readonly purpose: string;
  readonly fieldOfBusiness: string;
  readonly backup: boolean;
  /** Plans to choose from, or bought by itself at the end of an epoch, matched with the requests of others. */
  readonly buying: Buying;
}

/** Meters in which limits of a sub-task are typed. */
export const LIMIT_METERS = {
  cpu: { unit: 'ms', title: 'Processor time', max: SUBTASK_MS_MAX },
  memory: { unit: 'MiB', title: 'Memory in MiB', max: MEMORY_MIB_MAX },
  output: { unit: 'byte', title: 'Bytes written', max: SUBTASK_OUTPUT_BYTES_MAX, typedIn: 'Megabytes' },
} as const;
export type LimitName = keyof typeof LIMIT_METERS;

/** Attributes by which people narrow what they need; every other one is what plans are compared by. */
export const TERM_FIELDS: Readonly<Record<KindName, readonly { readonly name: string; readonly label: string }[]>> = {
  computing: [
    { name: 'region', label: 'Region' },
    { name: 'zone', label: 'Zone' },
  ],
  connection: [{ name: 'region', label: 'Region' }],
  data: [],
  storage: [{ name: 'region', label: 'Region' }],
};

export const KIND_NAMES = Object.keys(ledgerKinds) as KindName[];

/** What a use of the kind usually takes. */
function emptyNeed(kind: ShownKind): NeedDraft {
  const { screen } = kind;
  const amounts = askedOfPeople(kind).map((meter) => {
    const first = screen.firstAmounts[meter] ?? 1n;
    return [meter, amountDraft(first, typedMeterOf(kind, meter))];
  });
  const choices = Object.entries(screen.choiceValues).map(([name, values]) => [name, values[0] ?? '']);
  return { terms: {}, choices: Object.fromEntries(choices), amounts: Object.fromEntries(amounts) };
}

export function needOf(draft: Pick<RequestDraft, 'needs'>, kind: KindName): NeedDraft {
  return draft.needs[kind] ?? emptyNeed(kindOf(kind));
}

/** A match is of one need without a program (contract demand). */
export function canMatch({ hasWork, kinds }: Pick<RequestDraft, 'hasWork' | 'kinds'>): boolean {
  return !hasWork && kinds.length === 1;
}

/** Whether it is bought by itself as it stands: what was chosen before a second need was added does not count. */
export function isMatched(draft: Pick<RequestDraft, 'hasWork' | 'kinds' | 'buying'>): boolean {
  return draft.buying === 'match' && canMatch(draft);
}

export const EMPTY_REQUEST: RequestDraft = {
  hasWork: true,
  kinds: [],
  needs: {},
  algorithm: '',
  args: '',
  split: 'list',
  texts: '',
  files: '',
  perSubtask: '1000',
  hasHeading: false,
  from: '0',
  to: '1000',
  subtasks: '10',
  cpu: '10',
  memory: '64',
  output: '1',
  copies: '1',
  region: '',
  zone: '',
  duration: '1',
  durationUnit: 'hours',
  budget: '',
  open: '1',
  openUnit: 'hours',
  purpose: '',
  fieldOfBusiness: '',
  backup: false,
  buying: 'plans',
};

/** Room for one tile of the sample's picture, its head included; a tile takes well under a second of any machine. */
const SAMPLE_LIMITS = { cpu: '5', memory: '16', output: '0.2' } as const;
/** The sample's budget, if the balance reaches it: ten tokens. */
const SAMPLE_BUDGET_MICRO = 10_000_000n;

/** The Mandelbrot picture in tiles: a request that needs nothing to be typed. `balanceMicro`: what the person has. */
export function sampleRequest(balanceMicro: string): RequestDraft {
  const balance = BigInt(balanceMicro);
  return {
    ...EMPTY_REQUEST,
    ...SAMPLE_LIMITS,
    algorithm: MANDELBROT.digest,
    args: MANDELBROT.args,
    split: 'list',
    texts: tileLines(SAMPLE_PLAN, SAMPLE_PART).join('\n'),
    duration: '10',
    durationUnit: 'minutes',
    budget: microDraft(balance > 0n && balance < SAMPLE_BUDGET_MICRO ? balance : SAMPLE_BUDGET_MICRO),
    open: '10',
    openUnit: 'minutes',
    purpose: 'research',
    fieldOfBusiness: 'other',
  };
}

/** A limit as it is typed, in the unit of its meter; undefined for what is none. */
export function parseLimit(draft: RequestDraft, name: LimitName): bigint | undefined {
  const amount = parseAmount(draft[name], LIMIT_METERS[name]);
  return name === 'memory' && amount !== undefined && amount < RUN_MEMORY_MIB_MIN ? undefined : amount;
}

export function limitProblem(draft: RequestDraft, name: LimitName): string {
  const isTooSmall = name === 'memory' && parseAmount(draft.memory, LIMIT_METERS.memory) !== undefined;
  return isTooSmall ? `A run has ${RUN_MEMORY_MIB_MIN} MiB at least.` : amountProblem(LIMIT_METERS[name], draft[name]);
}

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string' && value.length <= TEXT_LENGTH_MAX;
const isFlag: Check = (value) => typeof value === 'boolean';
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textsByName: Check = (value) => isRecord(value) && Object.values(value).every(isText);
const oneOf =
  (...words: readonly string[]): Check =>
  (value) =>
    words.some((word) => word === value);
const isNeed: Check = (value) =>
  isRecord(value) && textsByName(value.terms) && textsByName(value.choices) && textsByName(value.amounts);

/** A browser keeps no longer text. */
const TEXT_LENGTH_MAX = 2_000_000;

const CHECKS: Readonly<Partial<Record<keyof RequestDraft, Check>>> = {
  hasWork: isFlag,
  hasHeading: isFlag,
  backup: isFlag,
  split: oneOf(...SPLITS),
  copies: oneOf('1', '2'),
  buying: oneOf(...BUYINGS),
  durationUnit: oneOf(...DURATION_UNIT_NAMES),
  openUnit: oneOf(...DURATION_UNIT_NAMES),
  kinds: (value) => Array.isArray(value) && value.every(oneOf(...KIND_NAMES)),
  needs: (value) => isRecord(value) && Object.values(value).every(isNeed),
};

/** A draft out of the text that was kept of it; undefined for any other text, as an earlier version of the page may have kept. */
export function requestFrom(text: string): RequestDraft | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const names = Object.keys(EMPTY_REQUEST) as (keyof RequestDraft)[];
    const isDraft = isRecord(value) && names.every((name) => (CHECKS[name] ?? isText)(value[name]));
    return isDraft ? (value as unknown as RequestDraft) : undefined;
  } catch {
    return undefined;
  }
}
