import type { NodeClass, NodeStatus, ReportCause, ValidatorStatus } from '#ledger/contracts/node/definition.ts';
import type { SuspendReason } from '#ledger/contracts/resource/definition.ts';

/**
 * What queries return to pages and the API. Ids are dense integers, times milliseconds since the epoch, amounts decimal strings of
 * micro-units, hashes and addresses lower-case hex (addresses with 0x, EIP-55 mixed case). Nothing here is a database row.
 */

/** How fresh the answer is: the read model's checkpoint. */
export interface AsOf {
  height: number;
  timeMs: number;
}

export interface PageOf<Item> {
  items: Item[];
  total: number;
  page: number;
  pageSize: number;
  asOf: AsOf;
}

export interface AccountRef {
  id: number;
  address: string;
  /** Organisation's display name when its profile is public, else null: the screen shows A-88. */
  name: string | null;
}

export interface SessionDto {
  account: (AccountRef & { roles: string[]; encryptionKey: string }) | null;
  address: string;
  expiresAtMs: number;
}

export interface TermDto {
  name: string;
  value: string;
}

/** Amounts of meters fit a JavaScript number (ledger/contracts/shared/fields.ts, Amount). */
export interface QuantityDto {
  meter: string;
  amount: number;
}

/** `amountMicro` for every `per` of the meter, and for every `perMs` of time; `perMs` 0: independent of time. */
export interface PriceDto {
  meter: string;
  per: number;
  perMs: number;
  amountMicro: string;
}

export interface ConditionDto {
  rule: string;
  sentence: string;
}

export interface StrategyDto {
  version: number;
  accessClass: 'public' | 'conditional';
  conditions: ConditionDto[];
  ways: TermDto[];
  opensAtMs: number;
  closesAtMs: number;
  useMsMax: number;
  limits: QuantityDto[];
  prices: PriceDto[];
  promise: QuantityDto[];
  degradedPerMille: number;
  recordedAtMs: number;
}

export interface ResourceSummary {
  id: number;
  kind: string;
  title: string;
  summary: string;
  tags: string[];
  region: string;
  licence: string;
  status: 'published' | 'suspended' | 'retired';
  /** Why it is suspended; null unless it is. */
  suspendedBecause: SuspendReason | null;
  /** Why the node that serves it is suspended, and since when it fails; null while it is not. It is not offered then. */
  nodeFault: { cause: ReportCause; sinceMs: number } | null;
  provider: AccountRef;
  accessClass: 'public' | 'conditional';
  /** What the agent computed, in the words of the kind. */
  attributes: TermDto[];
  ways: TermDto[];
  prices: PriceDto[];
  capacity: QuantityDto[];
  free: QuantityDto[];
  completedOrders: number;
  /** Last heartbeat of the agent that serves it; null when none was ever seen. */
  agentSeenAtMs: number | null;
  publishedAtMs: number;
}

export interface ResourceDetail extends ResourceSummary {
  sourceUrl: string;
  sourceId: string;
  testedAtMs: number;
  /** Origin of the gateway that serves its orders; null when its agent has not registered with this portal. */
  gateway: string | null;
  strategy: StrategyDto;
  /** First rows that the provider lets everybody see, as its agent told them last: of the shared columns, not on the ledger. Null: none. */
  sample: Readonly<Record<string, string | null>>[] | null;
  /** Newest first: status changes and strategy versions with the transaction that made them. */
  history: EventDto[];
}

/** A customer of a resource as the ledger knows it, and what it applied for last. */
export interface PastCustomer {
  account: AccountRef;
  roles: string[];
  createdAtMs: number;
  completedOrders: number;
  brokenOrders: number;
  /** From 0 to 1000. */
  credit: number;
  /** The operator that has identified it; 0 for none. */
  identifiedBy: number;
  purpose: string;
  fieldOfBusiness: string;
  durationMs: number;
  choices: TermDto[];
  amounts: QuantityDto[];
}

/** What a provider has to know of a resource's orders before it changes the strategy. */
export interface RevisionFacts {
  /** Orders that were granted and have not ended. */
  running: number;
  /** By their last order, newest first. */
  customers: PastCustomer[];
  /** False: there are others, whose last orders are older. */
  isEveryCustomer: boolean;
}

/** `price`: the band of what an hour of usual use costs. `pricing`: free, use, time or amount: what the price of a use depends on. */
export interface FacetDto {
  name: 'kind' | 'accessClass' | 'region' | 'format' | 'price' | 'pricing';
  values: { value: string; count: number }[];
}

export interface CatalogueDto extends PageOf<ResourceSummary> {
  facets: FacetDto[];
}

export interface CatalogueFilter {
  text?: string;
  kind?: string;
  accessClass?: string;
  region?: string;
  format?: string;
  /** Name of a band (price-bands.ts). */
  price?: string;
  pricing?: string;
  sort?: 'relevance' | 'newest' | 'price' | 'size';
  page?: number;
}

export interface FailedConditionDto {
  /** Its place in the strategy; −1 for a limit of the strategy. */
  index: number;
  sentence: string;
  /** 'you asked for 6 hours', in words; null when nothing was asked that bears on it. */
  asked: string | null;
}

/** 'Would I be admitted?' answered by the contract's own rules against committed state. */
export interface AdmissionDto {
  admitted: boolean;
  failed: FailedConditionDto[];
  /** Every condition of the strategy, in order. */
  conditions: JudgedConditionDto[];
  asOf: AsOf;
}

/** One field of a use with another value, by the path that rules read it by: `use.purpose` → 'research', `use.durationMs` → '7200000'. */
export interface ChangeDto {
  name: string;
  value: string;
}

/** A condition judged by itself, while an application is written. */
export interface JudgedConditionDto {
  index: number;
  sentence: string;
  /** `unknown`: a field that it reads is not filled in. */
  verdict: 'met' | 'unmet' | 'unknown';
  /** What was asked that does not meet it, as of a failed condition. */
  asked: string | null;
  /** What its rule reads: `use.purpose`, `applicant.roles`. */
  reads: string[];
  /** What would meet it, decided by the contract: alternatives, each of changes that are made together. */
  changes: ChangeDto[][];
}

export type OrderStatus =
  'refused' | 'reserved' | 'prepared' | 'active' | 'completed' | 'terminated' | 'failed' | 'settled';

/**
 * One agreement: part `part` of the `parts` of order `order`, which bears its first agreement's id. A provider's own parts are counted by
 * themselves and named after the first of them: nothing tells it of parts that others serve.
 */
export interface OrderSummary {
  id: number;
  order: number;
  part: number;
  /** Parts that the viewer may see of the order, this one included. */
  parts: number;
  status: OrderStatus;
  resource: { id: number; title: string; kind: string };
  customer: AccountRef;
  provider: AccountRef;
  prices: PriceDto[];
  holdMicro: string;
  chargeMicro: string | null;
  reservedAtMs: number;
  startsAtMs: number | null;
  endsAtMs: number | null;
  endReason: string | null;
}

/** Neighbouring intervals of one state, with what was measured of each promised meter. */
export interface RunDto {
  startMs: number;
  endMs: number;
  state: 'down' | 'degraded' | 'kept';
  measured: QuantityDto[];
}

/** What was used from the start of the window until a claim, by all claims up to it. */
export interface UsePoint {
  untilMs: number;
  used: QuantityDto[];
}

export interface ClaimDto extends UsePoint {
  /** How use grew from claim to claim, oldest first, the last one the whole; few enough to be drawn. */
  history: UsePoint[];
  /** Everything claimed so far, from the start of the window. */
  runs: RunDto[];
  tx: string;
}

export interface BillDto {
  lines: { price: PriceDto; amount: number; amountMicro: string }[];
  /** What was claimed, and the time that nobody claimed as down; factor in thousandths. The charges add up to the charge of the time-bound and use-bound lines together. */
  runs: (RunDto & { factorPerMille: number; chargeMicro: string; isAgreed: boolean })[];
  /** Of an order with a payment channel: how much of the charge both agreed on and until when (null: on nothing), and how much stands on the provider's claim alone. */
  channel: { agreedMicro: string; claimedMicro: string; agreedUntilMs: number | null } | null;
  promise: QuantityDto[];
  /** What the formula of each line takes: time kept and degraded, what degraded time costs, and what a price for the whole use stands for. */
  keptMs: number;
  degradedMs: number;
  degradedPerMille: number;
  wholeMs: number;
  holdMicro: string;
  chargeMicro: string;
  /** charge − fee. */
  providerMicro: string;
  feeMicro: string;
  refundMicro: string;
  contested: boolean;
  /** hold − charge − refund, and charge − lines: always '0', shown because it is checked. */
  unexplainedMicro: string;
  tx: string | null;
  settledAtMs: number;
}

/** Who signs the vouchers of an order, and what was shown of them on the ledger. */
export interface OrderChannelDto {
  /** Address of the customer’s key, and that of the agent’s; 40 hex digits. */
  voucherKey: string;
  agentKey: string | null;
  /** Intervals that the newest voucher on the ledger covers; null before one was shown. */
  shownInterval: number | null;
  hasCustomerShown: boolean;
}

export interface OrderDetail extends OrderSummary {
  /** 'customer' or 'provider': which party the viewer is. */
  viewer: 'customer' | 'provider';
  purpose: string;
  fieldOfBusiness: string;
  choices: TermDto[];
  ways: TermDto[];
  /** What the agent computed of the resource. */
  attributes: TermDto[];
  amounts: QuantityDto[];
  promise: QuantityDto[];
  degradedPerMille: number;
  durationMs: number;
  intervalMs: number;
  prepareByMs: number;
  settleAtMs: number | null;
  strategyVersion: number;
  /** The operator by whose identification of the customer it was granted, and with which it ends; null where none was needed. */
  identifiedBy: AccountRef | null;
  /** The other parts of the order that are the viewer's as well, in order. */
  others: OrderSummary[];
  /** The part that it took the place of, and the one that took its place. */
  replaces: number | null;
  replacedBy: number | null;
  /** What the customer's signature named to take its place. */
  backup: { resource: { id: number; title: string }; provider: AccountRef; holdMicro: string } | null;
  /** What stands on the ledger for the customer alone: HPKE-sealed path and token, hex. Null until prepared. */
  sealed: { descriptor: string; encryptionKey: string; issue: number; gateway: string } | null;
  reissuePending: boolean;
  /** The order whose stored things it took over, and the one that took over its own. */
  continues: number | null;
  continuedBy: number | null;
  /** The viewer can go on with what it stores in another order. */
  isContinuable: boolean;
  /** Of an ended order that stored something: until when it stays, and when its provider reported that it is erased. */
  stored: { untilMs: number; erasedAtMs: number | null } | null;
  /** Of an order that was bought with a payment channel. */
  channel: OrderChannelDto | null;
  claim: ClaimDto | null;
  contested: string | null;
  bill: BillDto | null;
  events: EventDto[];
  serverTimeMs: number;
  asOf: AsOf;
}

/** A delivered agreement that is paid by vouchers: what its customer's browser needs to sign for it. */
export interface PaidPartDto
  extends OrderSummary, Pick<OrderDetail, 'amounts' | 'promise' | 'degradedPerMille' | 'durationMs' | 'intervalMs'> {
  startsAtMs: number;
  sealed: NonNullable<OrderDetail['sealed']>;
  channel: OrderChannelDto;
}

/** A key that an account allowed to act for it. */
export interface OwnKeyDto {
  key: number;
  address: string;
  label: string;
  methods: string[];
  /** Empty: every resource. */
  resources: number[];
  spendingCapMicro: string;
  spentMicro: string;
  expiresAtMs: number | null;
  isRevoked: boolean;
}

/** An order that stores something of the customer's, with which a new order of the same resource can go on. */
export interface ContinuableDto {
  order: OrderSummary;
  /** What it takes of the resource: a new order has to ask for as much of what is held. */
  amounts: QuantityDto[];
  /** When what is stored is erased otherwise, at the earliest; null while the order runs. */
  erasedFromMs: number | null;
}

/** A refused application: an outcome, not a failed transaction. */
export interface RefusalDto {
  application: number;
  resource: { id: number; title: string; kind: string };
  provider: AccountRef;
  purpose: string;
  choices: TermDto[];
  amounts: QuantityDto[];
  durationMs: number;
  failed: FailedConditionDto[];
  refusedAtMs: number;
  tx: string | null;
}

export interface EventDto {
  height: number;
  phase: 0 | 1;
  index: number;
  sequence: number;
  timeMs: number;
  contract: string;
  type: string;
  /** One plain sentence: who did what, with ids. */
  sentence: string;
  /** Transaction id; null for due work. */
  tx: string | null;
  logIndex: number;
  /** The viewer may have the item's receipt. */
  hasReceipt: boolean;
}

export interface WalletDto {
  account: AccountRef;
  balanceMicro: string;
  heldMicro: string;
  entries: PageOf<WalletEntryDto>;
}

/** One movement of an account's tokens. */
export interface WalletEntryDto {
  height: number;
  timeMs: number;
  /** Ends with a preposition where `other` follows. */
  what: string;
  /** To whom or from whom; null where nobody else is part of it. */
  other: AccountRef | null;
  amountMicro: string;
  balanceMicro: string;
  /** `name` as every page calls it: `O-12`, or `O-12/2` for a part of several. */
  agreement: { id: number; name: string } | null;
  tx: string | null;
}

/** What a person is told before a signature about money. */
export interface SigningFactsDto {
  balanceMicro: string;
  heldMicro: string;
  /** Of the accounts that were asked about, those that the ledger knows. */
  accounts: AccountRef[];
}

export interface ProposalDto {
  id: number;
  /** The method that a passed vote carries out, and its arguments as text. */
  method: string;
  args: TermDto[];
  /** What it asks for, as the middle of a sentence. */
  proposes: string;
  by: AccountRef;
  /** The account that it is about; null for none. */
  concerns: AccountRef | null;
  status: 'open' | 'passed' | 'rejected' | 'expired';
  closesAtMs: number;
  electorate: number;
  votes: { by: AccountRef; approve: boolean; tx: string | null; timeMs: number }[];
  openedAtMs: number;
}

/** A validator. */
export interface NodeDto {
  id: number;
  name: string;
  /** Account that answers for it; null for those that genesis names. */
  operator: AccountRef | null;
  /** Consensus key, hex. */
  publicKey: string;
  /** Validator address of the key, hex: how blocks name it. */
  address: string;
  status: ValidatorStatus;
  /** How often it was caught signing two conflicting votes. */
  equivocations: number;
  changedAtMs: number;
  /** Earliest time at which a decided entry or removal happens; null when none is decided. */
  changesAtMs: number | null;
}

/** A node of the register, of any class. */
export interface NetworkNodeDto {
  id: number;
  name: string;
  class: NodeClass;
  status: NodeStatus;
  /** Account that answers for it; null for those that genesis names. */
  operator: AccountRef | null;
  /** The operator's key that is the node's; null for validators, which have a consensus key. */
  key: number | null;
  /** Of its key, hex. */
  address: string;
  /** Version that it says it runs, `1.4.0`; null for validators. */
  software: string | null;
  /** Origin at which it is reached; null where it named none. */
  endpoint: string | null;
  failedAttempts: number;
  suspensions: number;
  equivocations: number;
  /** From 0 to 1000; null before it was first evaluated. */
  credit: number | null;
  registeredAtMs: number;
  /** Of the status, with the reason in one word; '' where none is told. */
  changedAtMs: number;
  reason: string;
  /** Of a validator whose entry or removal is decided. */
  changesAtMs: number | null;
  /** What was reported and is not over: `heardAtMs` is when its key signed first since. */
  fault: { cause: ReportCause; sinceMs: number; reportedAtMs: number; heardAtMs: number | null } | null;
  /** The last admission that was refused, with every rule that did not hold. */
  refused: { by: AccountRef; atMs: number; failed: { sentence: string; values: TermDto[]; error: string }[] } | null;
}

/** What rules for access are held against: a node that registered itself, and its operator. */
export interface NodeFactsDto {
  node: NetworkNodeDto;
  operator: { account: number; roles: string[]; credit: number };
}

/** One change of a registered node's status. `by` null: by itself, when its time came. */
export interface NodeChangeDto {
  from: string;
  to: string;
  by: AccountRef | null;
  reason: string;
  sinceMs: number | null;
  atMs: number;
  tx: string | null;
}

export interface CreditChangeDto {
  epoch: number;
  from: number;
  to: number;
  online: number;
  probes: number;
  activity: number;
  history: number;
  atMs: number;
}

export interface NodePageDto {
  node: NetworkNodeDto;
  /** The newest first. */
  changes: NodeChangeDto[];
  /** Its credit whenever it changed, the newest first; components from 0 to 1000 each. */
  credits: CreditChangeDto[];
  /** What its key serves, without what is retired. */
  resources: { id: number; title: string; status: string }[];
  asOf: AsOf;
}

/** The rules for access in force; `proposal` null: those of the beginning. */
export interface AccessRulesDto {
  rules: { rule: string; sentence: string }[];
  proposal: number | null;
}

export interface AgentDto {
  address: string;
  origin: string;
  label: string;
  /** Key id once the owner's AuthorizeKey is on the ledger. */
  key: number | null;
  seenAtMs: number | null;
  /** `resource` is the offer that serves the source now; null when it is free to be published. */
  sources: { id: string; kind: string; title: string; resource: number | null }[];
}

/** An agent of the own account whose pairing is broken. `key`: its number there. */
export type BrokenPairingDto = {
  address: string;
  label: string;
  key: number;
} & (
  | {
      /** The key was revoked, and the agent offers itself anew by this code. */ why: 'revoked';
      code: string;
      codeExpiresAtMs: number;
    }
  | { /** The key may sign nothing since then. */ why: 'expired'; expiredAtMs: number }
);

export interface SearchHit {
  kind: 'resource' | 'order' | 'transaction' | 'account' | 'block' | 'page';
  label: string;
  href: string;
}

/** What the browser needs to build and sign a transaction. */
export interface PreparedTransaction {
  /** Of the session that it was prepared for. */
  address: string;
  account: number;
  key: number;
  nonce: string;
  validUntilMs: number;
  /** genesisHash, hex. */
  network: string;
}

/** Or why nothing can be signed now, and what to do next. */
export type Prepared = ({ ok: true } & PreparedTransaction) | { ok: false; sentence: string };

/** The answer to a write: decided by the ledger, or a sentence that says what to do next. */
export type CommandResult =
  | { ok: true; tx: string; height: number; data: Record<string, string> }
  | { ok: false; code: number; status: number; sentence: string };
