import type { Fields, RecordOf, SignedFields } from './fields.ts';
import type { Role } from './roles.ts';

/**
 * The one definition of a contract: plain data from which methods, argument types, dispatch, permissions, words of errors, forms, explorer
 * and documents are derived. Nothing here knows state, rules or a browser.
 */

/**
 * Who reads a thing on the portal: `parties` are the accounts that it is about, `sealed` is readable with the customer's key alone, of a
 * `commitment` the ledger holds a salted hash only. Validators read the whole ledger, whatever stands here.
 */
export type Readers = 'everyone' | 'parties' | 'sealed' | 'commitment';

/** What the contract's own words say of a failure: its number, its HTTP status, and who, what, the effect on money, the next step. */
export interface CodeDefinition {
  readonly code: number;
  readonly status: 400 | 403 | 404 | 409 | 413 | 429 | 503;
  readonly sentence: string;
}

/** A figure that genesis sets and votes change. `id` is its place in the state, never used again for another. */
export interface ParameterDefinition {
  readonly id: number;
  readonly min: bigint;
  readonly max: bigint;
  /** Value of a network that names none. */
  readonly initial: bigint;
  readonly unit: 'ms' | 'micro-units' | 'per mille' | 'count' | 'bytes';
  /** What it decides, for forms. */
  readonly title: string;
}

/**
 * Whether another key than the owner's may sign, and what its scope is then measured on: a resource or an order that a field names;
 * `account`: keys that are limited to some resources may not; `spending`: the spending cap alone limits it.
 */
type Delegation<Field extends string> =
  | { readonly to: 'owner-only' }
  | { readonly to: 'any-key'; readonly measuredOn: 'account' }
  | { readonly to: 'any-key'; readonly measuredOn: 'spending' }
  | { readonly to: 'any-key'; readonly measuredOn: 'resource' | 'agreement'; readonly field: Field };

interface ByVote<F extends SignedFields, Field extends string> {
  /** Fields that make two proposals of one account the same question; none: the method itself does. */
  readonly about: readonly Field[];
  /** Field that names the account it concerns; undefined: the proposer's own, `null`: nobody's. */
  readonly concerns?: Field | null;
  /** What is proposed, as the middle of a sentence. */
  proposes(args: RecordOf<F>, by: bigint): string;
}

interface MethodOf<F extends SignedFields, Field extends string> {
  /** What it does, in the words of the review dialog and of the API's documentation. */
  readonly does: string;
  readonly fields: F;
  readonly delegation: Delegation<Field>;
  /** Who may send it through the portal: anybody signed in, any account, or accounts with one of these roles. */
  readonly from: 'signed-in' | 'account' | readonly Role[];
  readonly readers: 'everyone' | 'parties';
  /** Fields whose readers differ. */
  readonly fieldReaders?: { readonly [Name in Field]?: Readers };
  /** Signed, it opens a proposal; a passed vote carries it out. */
  readonly byVote?: ByVote<F, Field>;
}
/** Any method, for what works on all of them. */
export type MethodDefinition = MethodOf<SignedFields, string>;

export const SUBJECT_KINDS = ['account', 'resource', 'agreement', 'application', 'proposal', 'node', 'demand'] as const;
export type SubjectKind = (typeof SUBJECT_KINDS)[number];

/** What a sentence names by more than the event holds. */
export interface Names {
  /** A method of any contract by its name, for events that carry one. */
  method(name: string): { readonly definition: MethodDefinition } | undefined;
  /** How the reader knows an agreement: `O-12`, or `O-12/2` for a part of several. */
  order(agreement: bigint): string;
}

type EventOfFields<F extends Fields, Field extends string> = {
  readonly fields: F;
  /** What the event is about, by the fields that name it; who its parties are follows from these. */
  readonly subjects: { readonly [Kind in SubjectKind]?: Field | readonly Field[] };
  /** Fields whose readers differ. */
  readonly fieldReaders?: { readonly [Name in Field]?: Readers };
  /** One plain sentence about it, for those who may read it. */
  says(event: RecordOf<F>, names: Names): string;
} & (
  | { readonly readers: 'everyone' }
  /** `publicly`: what everybody else reads. `receipt`: it does not keep its transaction's receipt from everybody. */
  | { readonly readers: 'parties'; readonly publicly: string; readonly receipt?: 'everyone' }
);
/** Any event, for what works on all of them. */
export type EventDefinition = EventOfFields<Fields, string>;

export interface ContractDefinition {
  readonly id: number;
  readonly name: string;
  /** The newest that this program can execute. */
  readonly version: bigint;
  /** Names the code that decides in this version: another text for other code, because a version's digest covers it. */
  readonly revision: string;
  readonly methods: Readonly<Record<string, MethodDefinition>>;
  readonly events: Readonly<Record<string, EventDefinition>>;
  readonly codes: Readonly<Record<string, CodeDefinition>>;
  readonly parameters: Readonly<Record<string, ParameterDefinition>>;
}

export function defineContract<const Definition extends ContractDefinition>(definition: Definition): Definition {
  return definition;
}

export function method<const F extends SignedFields>(
  definition: MethodOf<F, keyof F & string>,
): MethodOf<F, keyof F & string> {
  return definition;
}

/** A method that needs a vote: what carries it out stands in ballots.ts. */
export function votedMethod<const F extends SignedFields>(
  definition: MethodOf<F, keyof F & string> & { readonly byVote: ByVote<F, keyof F & string> },
): MethodOf<F, keyof F & string> & { readonly byVote: ByVote<F, keyof F & string> } {
  return definition;
}

export function event<const F extends Fields>(
  definition: EventOfFields<F, keyof F & string>,
): EventOfFields<F, keyof F & string> {
  return definition;
}

export function code<const Code extends number>(
  number: Code,
  status: CodeDefinition['status'],
  sentence: string,
): CodeDefinition & { readonly code: Code } {
  return { code: number, status, sentence };
}

export type MethodNameOf<D extends ContractDefinition> = keyof D['methods'] & string;
export type EventTypeOf<D extends ContractDefinition> = keyof D['events'] & string;

/** Arguments of a method: what stands in a transaction besides its header. */
export type ArgsOf<D extends ContractDefinition, Name extends MethodNameOf<D>> = RecordOf<D['methods'][Name]['fields']>;

/** A contract's commands: `{method, args}`, one variant a method. */
export type CommandOf<D extends ContractDefinition> = {
  [Name in MethodNameOf<D>]: { method: Name; args: ArgsOf<D, Name> };
}[MethodNameOf<D>];

type Flat<T> = { [Name in keyof T]: T[Name] };

/** A contract's events: who, which version, what type, and its fields. */
export type EventOf<D extends ContractDefinition, Type extends EventTypeOf<D> = EventTypeOf<D>> = {
  [T in Type]: Flat<{ contract: D['name']; version: D['version']; type: T } & RecordOf<D['events'][T]['fields']>>;
}[Type];

type NumbersOf<Codes extends ContractDefinition['codes']> = { readonly [Name in keyof Codes]: Codes[Name]['code'] };

/** Result codes by name, as `fail()` takes them. */
export function codesOf<const D extends ContractDefinition>({ codes }: D): NumbersOf<D['codes']> {
  const numbers = Object.entries(codes).map(([name, { code: number }]) => [name, number]);
  return Object.fromEntries(numbers) as NumbersOf<D['codes']>;
}

/** Makes events of a contract: `event('KeyRevoked', { account, key, by })`. */
export function eventMaker<const D extends ContractDefinition>({ name: contract, version }: D) {
  return <Type extends EventTypeOf<D>>(type: Type, fields: RecordOf<D['events'][Type]['fields']>): EventOf<D, Type> =>
    ({ contract, version, type, ...fields }) as unknown as EventOf<D, Type>;
}
