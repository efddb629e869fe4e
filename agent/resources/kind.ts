import type { HostShares, SlotCount } from '#agent/tasks/host-slots.ts';
import type { Problem } from '#agent/gateway/problem.ts';
import type { LinkName } from '#agent/link-token.ts';
import type { Outcome } from '#agent/outcome.ts';
import type { Socket } from 'node:net';
import type { Dialled } from '#agent/relay/dial.ts';
import type { LineFigures } from '#agent/relay/line-figures.ts';
import type { Line } from '#agent/relay/door.ts';
import type { Target } from '#agent/relay/target.ts';
import type { Kind } from '#ledger/contracts/kinds/kind.ts';
import type { RangeFault } from '#ledger/contracts/plan/definition.ts';
import type { Term } from '#ledger/contracts/shared/terms.ts';

/** What the ledger says of a kind and the agent goes by: its meters, which of them are used up, what may be promised, whether a description still holds. */
export type LedgerKind = Pick<Kind, 'meters' | 'used' | 'promises' | 'changes'>;

/** Amounts by the name of their meter: whole numbers from 0 to 2^53 − 1. */
export type Amounts = Readonly<Record<string, number>>;

export interface Quantity {
  readonly meter: string;
  readonly amount: number;
}

/** Time from `fromMs` up to but not including `toMs`. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What the ledger recorded when an order was granted, in the words of its kind. */
export interface OrderTerms {
  readonly agreement: number;
  /** Agreements that were bought together are parts of one order, which bears its first agreement's id; parts count from 1. */
  readonly order: number;
  readonly part: number;
  /** Agreements that continue one another keep what they store in one place, which is called by the first; its own id for any other. */
  readonly first: number;
  readonly customer: number;
  readonly resource: number;
  /** The ledger's word; an agent that does not know it cannot serve the order. */
  readonly kind: string;
  readonly sourceId: string;
  readonly choices: readonly Term[];
  readonly ways: readonly Term[];
  /** What was asked for: the allowance of meters that are used up, the reservation of those that are held. */
  readonly amounts: Amounts;
  readonly promise: readonly Quantity[];
  /** What a degraded interval costs, of 1,000. */
  readonly degradedPerMille: number;
  readonly intervalMs: number;
  /** The customer's X25519 key, hex. */
  readonly encryptionKey: string;
  readonly prepareByMs: number;
  /** What its vouchers are worked out by; absent in what was remembered before there were channels. Numbers of tokens are decimal texts. */
  readonly billing?:
    | {
        readonly prices: readonly {
          readonly meter: string;
          readonly per: string;
          readonly perMs: string;
          readonly amountMicro: string;
        }[];
        readonly durationMs: number;
        readonly holdMicro: string;
      }
    | undefined;
}

/** A resource of this agent as it was published. */
export interface PublishedResource {
  readonly resource: number;
  readonly kind: string;
  readonly sourceId: string;
  readonly attributes: readonly Term[];
}

/** What a task asks of each of its sub-tasks; amounts are limits of one. `algorithm` and `payload` are SHA-256, hex (core/payload.ts). */
export interface RangeWork {
  readonly algorithm: string;
  readonly payload: string;
  readonly payloadBytes: number;
  /** Of the whole task. */
  readonly subtasks: number;
  readonly split: string;
  readonly cpuMs: number;
  readonly memoryMiB: number;
  readonly inputBytes: number;
  readonly outputBytes: number;
}

/** Sub-tasks of a task that the ledger gave to an order: `count` from `first` on. */
export interface AssignedRange {
  readonly demand: number;
  readonly range: number;
  readonly first: number;
  readonly count: number;
  /** Counts from 1 when the range is first given to anybody. */
  readonly attempt: number;
  readonly work: RangeWork;
  /** The payload's key, sealed to this agent, hex. */
  readonly key: string;
  readonly lateAtMs: number;
}

/** How far an assigned range is. Amounts of `finished` are over the whole range; roots are hex. */
export type RangeProgress =
  | { readonly state: 'waiting' | 'running' }
  | {
      readonly state: 'finished';
      /** Sub-tasks that ended with a fault of their own. */
      readonly failed: number;
      readonly cpuMs: number;
      readonly inputRoot: string;
      readonly resultRoot: string;
    }
  | { readonly state: 'failed'; readonly fault: RangeFault; readonly sentence: string };

/** A source of the config file. */
export interface SourceSummary {
  readonly id: string;
  readonly title: string;
}

/** What the provider's test of a source found. */
export interface TestedSource {
  /** What is published, computed and never typed; strictly ascending by name. */
  readonly attributes: readonly Term[];
  /** A few rows, objects or readings for the provider to recognise the source by. */
  readonly preview: readonly Readonly<Record<string, string | null>>[];
  /** One sentence for the agent's own log. */
  readonly sentence: string;
}

/** A call as it was sent, by somebody who is not known yet. */
export interface UnknownCall {
  readonly method: string;
  /** The request target up to the first '?', byte for byte. */
  readonly path: string;
  /** What follows the first '?', byte for byte; '' when there is nothing. */
  readonly queryString: string;
  /** All of them, secrets too. */
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer that is known as a whole before it begins. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Calls that send no token but are signed with the link's, at addresses of their own: the protocol of a kind says how. */
export interface SignedCalls {
  /** True for a call of this protocol, whether or not it is a sound one. */
  claims(call: UnknownCall): boolean;
  /** The link that the call says it is signed for; null when it names none. Nothing is known of it yet. */
  linkOf(call: UnknownCall): LinkName | null;
  /** Whether the call was signed with this token; for a link that is none it is one that nobody knows. What serving needs of the signature is handed on. */
  check(
    call: UnknownCall,
    of: { readonly token: string; readonly nowMs: number },
  ): Promise<{ readonly ok: true; readonly signature: unknown } | { readonly ok: false; readonly answer: WholeAnswer }>;
  /** How the protocol's clients are told of a problem of the gateway. */
  tell(problem: Problem, call: UnknownCall): WholeAnswer;
  /** Headers that a page of the portal may send, beside the methods of the module. */
  readonly pageHeaders: readonly string[];
}

/** A call of a customer whose link opened: who it is was decided before, and no header carries a token any more. */
export interface KindRequest {
  readonly order: OrderTerms;
  readonly resource: PublishedResource;
  readonly method: string;
  /** What follows the agreement in the address, byte for byte as it was sent: '' or text that begins with '/'. */
  readonly path: string;
  /** What follows the first '?', byte for byte; '' when there is nothing. */
  readonly queryString: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What `SignedCalls.check` handed on; undefined for a call with a token. */
  readonly signature: unknown;
  /** Bounded by the module's `bodyBytesMax`; null when none was sent. */
  readonly body: AsyncIterable<Uint8Array> | null;
  /** Aborted at the end of the window or the order, when the answer takes too long, and when the customer goes away. */
  readonly signal: AbortSignal;
}

/** A piece of an answer's body, and what is used up with it besides its bytes and its call, which the gateway counts. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly used: Amounts;
}

/** What a kind answers. Its body is read lazily, piece by piece, counted before it leaves, and may be cut at any piece. */
export interface KindAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncGenerator<Piece> | null;
}

/** Thrown by `serve`, or by the body before its first piece: the caller gets the problem and nothing is counted. */
export class KindRefusal extends Error {
  override readonly name = 'KindRefusal';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.sentence);
    this.problem = problem;
  }
}

/** A call that was answered: when its answer began, and how long the customer had waited for that. */
export interface AnsweredCall {
  readonly atMs: number;
  readonly firstByteMs: number;
}

/** Parts of tasks that orders of a kind run. */
export interface TaskRuns {
  /**
   * Runs these ranges of an order, and stops every other one of it: what was done of that stays. Asked every second with what the ledger
   * wants, and with nothing outside the order's window; the answer says how far each range is, also after a restart.
   */
  run(order: OrderTerms, ranges: readonly AssignedRange[]): ReadonlyMap<number, RangeProgress>;
  /** The network refused another algorithm: what runs of it ends. */
  stopRefused(): void;
  /** For how long after its end an order's customer may fetch its results: 0 when there are none. */
  keptAfterEndMs(order: OrderTerms): number;
  /** Removes the results; repeating it changes nothing. */
  forget(order: OrderTerms): Promise<Outcome<null>>;
}

/**
 * Connections that orders of a kind are used by. The gateway tells whose each is, counts what passes and cuts it; the kind opens it. They come in
 * at an address of their own, which speaks no HTTP.
 */
export interface Lines {
  readonly listen: { readonly host: string; readonly port: number };
  /** Held meter that says how many an order has at a time. */
  readonly atOnceMeter: string;
  /** Meter of what goes to the customer, and of what comes from there. */
  readonly meters: { readonly down: string; readonly up: string };
  readonly idleMs: number;
  /** One for all connections of an order. */
  paceOf(order: OrderTerms): Line['pace'];
  open(order: OrderTerms, target: Target, signal: AbortSignal): Promise<Dialled>;
  /** A connection of the order's customer stands; absent where nothing is measured of it. */
  watch?(order: OrderTerms, socket: Socket): void;
  /** So many bytes pass to the order's customer now. */
  passed?(order: OrderTerms, bytes: number): void;
  /** How the connections of an order were, as this machine's system counted them; undefined where it saw none. Kept until it is forgotten. */
  figuresOf?(agreement: number): LineFigures | undefined;
  forgetFigures?(agreement: number): void;
}

/** A kind at work on the sources of one agent. Nothing here knows a token or a price, and of the ledger only the words of its kind. */
export interface OpenKind {
  /** Reads every source once, says what was found, and removes what nothing can ask for any more. */
  readAll(): Promise<void>;
  /**
   * The provider's test: reads the source as it is now, to its end [6.2.3-a]. With what was `published` of it the test is a comparison: what
   * nothing is compared by, and what only the portal can tell, stays as it was published.
   */
  test(sourceId: string, published?: PublishedResource): Promise<Outcome<TestedSource>>;
  /** What everybody may see of a source by the provider's choice, as it was last read; nothing where that was not chosen. */
  sample(sourceId: string): TestedSource['preview'];
  /** Makes a published resource ready to be served; repeating it changes nothing. */
  openResource(resource: PublishedResource): Promise<Outcome<null>>;
  isOpen(resource: PublishedResource): boolean;
  /**
   * Makes ready what an order needs, or says why it cannot be served; repeating it changes nothing. `beside` are the orders of the same
   * source that were made ready before and are not yet let go, after a restart too.
   */
  prepare(order: OrderTerms, resource: PublishedResource, beside: readonly OrderTerms[]): Promise<Outcome<null>>;
  /** What an open order tells its customer about itself, beside its times and amounts. */
  describe(order: OrderTerms): Readonly<Record<string, unknown>>;
  /** Throws `KindRefusal` for what the customer can correct; anything else that is thrown is the provider's failure. */
  serve(request: KindRequest): Promise<KindAnswer>;
  /** Told of every call of an order that was answered, in the order of time. */
  answered(order: OrderTerms, call: AnsweredCall): void;
  /** Quality of an interval that is over, by promised meter. 0, also where there was nothing to measure, breaks a promise of at least something. */
  measure(order: OrderTerms, interval: Span): Amounts;
  /** Absent where orders are used by calls. */
  readonly lines?: Lines;
  /** How many programs run and wait; absent where orders run none. `look`: the shares of the host may have changed. */
  readonly slots?: { count(): SlotCount; look(): void };
  /** Absent where orders run no parts of tasks. */
  readonly tasks?: TaskRuns;
  /** Frees what `prepare` and `serve` made for an order that has ended, but for the results of tasks; repeating it changes nothing. */
  release(order: OrderTerms): Promise<Outcome<null>>;
  close(): void;
}

/** What work of an order may use that goes on without a call; the gateway counts calls and their bytes by itself. */
export interface Spending {
  /** What is left of a meter: Infinity where nothing limits it, 0 outside the order's window. */
  left(order: OrderTerms, meter: string): number;
  /** False outside the order's window, where nothing may be begun. */
  isOpen(order: OrderTerms): boolean;
  /** Counts what was used, never beyond what was left. Durable when it returns. */
  spend(order: OrderTerms, used: Amounts): void;
}

/** What came of asking for a payload: `missing`: whoever keeps payloads has none, or another one, of that SHA-256. */
export type FetchedPayload =
  | { readonly kind: 'found'; readonly bytes: Uint8Array }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreachable'; readonly sentence: string };

/** How a kind gets at what tasks carry; the agent's secret key stays with the agent. */
export interface Payloads {
  /** Genesis hash, 32 bytes. */
  readonly network: Uint8Array;
  /** The agent's X25519 key that keys of payloads are sealed to, hex. */
  readonly sealingKey: string;
  /** The ciphertext of this SHA-256 (hex), checked against it. */
  fetch(payload: string): Promise<FetchedPayload>;
  /** The key that was sealed for a resource of this agent; undefined when it was sealed for something else. */
  openKey(
    sealed: Uint8Array,
    of: { readonly resource: number; readonly payload: Uint8Array },
  ): Promise<Uint8Array | undefined>;
}

export interface OpenParts {
  /** The kind's own, in the agent's home; it may not be there yet. */
  readonly folder: string;
  readonly spending: Spending;
  readonly payloads: Payloads;
  /** True for an algorithm (SHA-256, hex) that the network voted to refuse. */
  isRefused(algorithm: string): boolean;
  /** Whole ms to the portal and back, at least 1, measured now; a sentence when it does not answer. */
  measureRoundTrip(): Promise<Outcome<number>>;
  /** What of this host stands on the ledger for what; null while nobody has declared it. Absent: nobody can. */
  hostShares?(): HostShares | null;
  log(sentence: string): void;
}

/** A kind with its part of the config file read. */
export interface ConfiguredKind {
  readonly sources: readonly SourceSummary[];
  open(parts: OpenParts): OpenKind;
}

/** One kind of resource on the provider's side: what it says here is all that the rest of the agent knows of it. */
export interface KindModule {
  readonly ledger: LedgerKind;
  /** Meters of `ledger.used` that the kind itself lets nobody exceed: its link stays open when they are used up, for what was done with them. */
  readonly selfLimited: readonly string[];
  /** Methods that its handler answers; the gateway refuses the others. */
  readonly methods: readonly string[];
  /** Requests that one agreement may have under way at once. */
  readonly atOnceMax: number;
  /** Absent where calls bear the link's token. */
  readonly signed?: SignedCalls;
  /** What a link opens, behind `/v1/agreements/<id>`. */
  readonly entryPath: string;
  /** 0: a request with a body is refused. */
  readonly bodyBytesMax: number;
  /** How long an answer may take to begin, reading the request's body included. */
  readonly answerMsMax: number;
  /** True for a call that asks for results: answered whatever is left of the order, and after its end for as long as they are kept. */
  answersAfterEnd?(method: string, path: string): boolean;
  /** Reads the kind's part of the config file; paths in it start at `baseFolder`. One sentence names what is wrong and where. */
  configure(section: unknown, baseFolder: string): Outcome<ConfiguredKind>;
}
