import type { DemandStatus, NoticeStatus, Split } from '#ledger/contracts/demand/definition.ts';
import type { Aim, AssignReason, RangeFault, TaskOutcome } from '#ledger/contracts/plan/definition.ts';
import type { AccountRef, AsOf, EventDto, OrderStatus, PageOf, PriceDto, QuantityDto, TermDto } from './dto.ts';

/* What demands, plans, divided tasks and the broker's desk come to on screens and in the API; conventions of dto.ts. */

/** One kind of resource that a demand asks for. */
export interface NeedDto {
  kind: string;
  /** Attributes that an offer must have, value for value. */
  terms: TermDto[];
  choices: TermDto[];
  /** Empty where the demand's work says how much is needed. */
  amounts: QuantityDto[];
  /** What an offer's strategy must promise at least. */
  promise: QuantityDto[];
}

/** A program over many inputs. Amounts are of one sub-task and its limits; hashes are SHA-256. */
export interface WorkDto {
  algorithm: string;
  payload: string;
  payloadBytes: number;
  subtasks: number;
  split: Split;
  cpuMs: number;
  memoryMiB: number;
  inputBytes: number;
  outputBytes: number;
  /** On how many providers each sub-task runs. */
  copies: number;
}

/** What a provider sees of an open demand of its kinds: neither whose it is nor what it may cost. */
export interface OpenDemandDto {
  id: number;
  kinds: string[];
  purpose: string;
  fieldOfBusiness: string;
  needs: NeedDto[];
  work: WorkDto | null;
  durationMs: number;
  backup: boolean;
  /** It gets no plans: at the end of the epoch it is matched with others that ask for the same, and what is found is bought. */
  batch: boolean;
  publishedAtMs: number;
  /** Until when a plan may be chosen. */
  openUntilMs: number;
}

export interface DemandSummary extends OpenDemandDto {
  status: DemandStatus;
  customer: AccountRef;
  budgetMicro: string;
  /** When it was decided, taken back or expired; null while it is open. */
  closedAtMs: number | null;
  /** Plans of the newest analysis and of brokers; some may have expired (`plansExpireAtMs`). */
  planCount: number;
  /** What the cheapest of them costs at most, its fee included; null without plans. */
  cheapestMicro: string | null;
  /** Offers that the newest analysis looked at; null before the first. */
  considered: number | null;
  analysedAtMs: number | null;
  /** When the contract's own plans expire; without plans, when it looks again. Null before the first analysis and once the demand is closed. */
  plansExpireAtMs: number | null;
  /** The order that the chosen plan became. */
  order: number | null;
  /** How its task ended; null without a task and while it runs. */
  outcome: TaskOutcome | null;
}

/** An exact amount, and the rule that it came from; `need` is the need's place in the demand. */
export interface ExactAmountDto {
  need: number;
  meter: string;
  amount: number;
  rule: string;
}

/** A resource as a plan names it, with what people compare. */
export interface OfferDto {
  resource: { id: number; title: string; kind: string; status: string };
  provider: AccountRef;
  /** The provider's orders so far. */
  completedOrders: number;
  brokenOrders: number;
  region: string;
  /** Of a machine: where in the region it stands; null for kinds without zones. */
  zone: string | null;
  attributes: TermDto[];
  accessClass: 'public' | 'conditional';
  /** The version that the plan names, and whether it is still the one in force. */
  strategyVersion: number;
  isInForce: boolean;
  /** Of that version. */
  prices: PriceDto[];
  promise: QuantityDto[];
  degradedPerMille: number;
  ways: TermDto[];
  /** The agent that serves it: its key's address, where it is reached, when it was last heard. Null where it has never registered here. */
  agent: { address: string; origin: string; seenAtMs: number | null } | null;
}

/** What takes a part's place when it fails, as it is signed. */
export interface PlanBackupDto {
  offer: OfferDto;
  choices: TermDto[];
  amounts: QuantityDto[];
  holdMicro: string;
}

/** One agreement of a plan, as it is signed, in the plan's order. */
export interface PlanPartDto {
  /** Its place in the plan, from 0. */
  part: number;
  offer: OfferDto;
  durationMs: number;
  choices: TermDto[];
  amounts: QuantityDto[];
  /** The most that it can cost: the dearer of the part and its backup. */
  holdMicro: string;
  /** How the resource's prices add up to the hold of the part itself. */
  lines: PlanLineDto[];
  backup: PlanBackupDto | null;
  /** Sub-tasks that it runs: `count` from `first` (0-based) on. Empty without work. */
  shares: { first: number; count: number }[];
}

/** A price with the amount of its meter in the plan, and what that costs at most. */
export interface PlanLineDto {
  price: PriceDto;
  amount: number;
  amountMicro: string;
}

export interface PlanDto {
  plan: number;
  aim: Aim;
  /** The broker that proposed it; null for the contract's own. */
  broker: AccountRef | null;
  feeMicro: string;
  /** The most that its parts can cost. */
  holdMicro: string;
  /** Hold and fee: the most that leaves the customer's balance. */
  totalMicro: string;
  /** What its parts cost by the demand's estimates. */
  estimateMicro: string;
  /** How long the work takes by them; 0 without work. */
  workMs: number;
  /** Who made it last, and until when it can be chosen. */
  madeAtMs: number;
  expiresAtMs: number;
  parts: PlanPartDto[];
}

/** The plan that was chosen; `plan` is its number among the plans of its time. */
export interface ChosenPlanDto {
  plan: number;
  aim: Aim;
  order: number;
  broker: AccountRef | null;
  feeMicro: string;
  holdMicro: string;
  estimateMicro: string;
  chosenAtMs: number;
}

/** One demand for its customer, or for a broker. */
export interface DemandDetail extends DemandSummary {
  viewer: 'customer' | 'broker';
  exact: ExactAmountDto[];
  /** Cheapest first, the contract's own before the brokers'. Of a closed demand those that stood when it was closed. */
  plans: PlanDto[];
  chosen: ChosenPlanDto | null;
  /** What brokers asked providers to share for it: for its customer those that were answered, for a broker its own besides. Newest first. */
  notices: NoticeDto[];
  /** Newest first. */
  events: EventDto[];
  serverTimeMs: number;
  asOf: AsOf;
}

/** A broker's request to a provider to share a kind for a demand; it goes through a node provider and obliges nobody. */
export interface NoticeDto {
  notice: number;
  demand: OpenDemandDto;
  kind: string;
  status: NoticeStatus;
  broker: AccountRef;
  nodeProvider: AccountRef;
  provider: AccountRef;
  /** What was published for it. */
  resource: { id: number; title: string } | null;
  sentAtMs: number;
  relayedAtMs: number | null;
  answeredAtMs: number | null;
}

/** Whom a broker can ask to share something, and who hands it on. */
export interface NoticeChoicesDto {
  providers: AccountRef[];
  nodeProviders: AccountRef[];
}

/** A program that no provider runs any more, by the SHA-256 of its module. */
export interface RefusedProgramDto {
  algorithm: string;
  reason: string;
  /** The vote that decided it. */
  proposal: number;
  refusedAtMs: number;
}

/** Where offers of a kind stand, as they say it and as a request has to name it. */
export interface PlaceDto {
  kind: string;
  region: string;
  /** Null for kinds without zones. */
  zone: string | null;
}

export interface NoticeFilter {
  /** Those that the viewer sent, has to hand on, or has to answer. A provider gets those that were handed on. */
  as: 'broker' | 'node-provider' | 'provider';
  /** Only those that still wait for somebody. */
  open?: boolean;
  page?: number;
}

export interface DemandFilter {
  status?: DemandStatus;
  kind?: string;
  page?: number;
}

/** One figure that is asked for now, `to` what would be enough of it, `more` how many offers would then do; 0: those that there are would do together. */
export interface RelaxDto {
  /** Place of the need in the demand; of what is asked of the whole, 0. */
  need: number;
  what: 'budget' | 'duration' | 'term' | 'promise' | 'amount' | 'run';
  /** Of the term or the meter; '' where there is one figure only. */
  name: string;
  to: string;
  more: number;
}

/** Why no plan meets a demand: what each offer lacks, and what would be met if less were asked. */
export interface WhyNotDto {
  entries: { resource: { id: number; title: string }; sentence: string }[];
  relax: RelaxDto[];
  /** `after` of the next page; null at the end. */
  next: number | null;
}

/* Tasks. */

export const RANGE_RUN_STATES = ['assigned', 'started', 'finished', 'failed', 'dropped'] as const;
export type RangeRunState = (typeof RANGE_RUN_STATES)[number];

/** One range of sub-tasks as one agreement had to run it. */
export interface RangeRunDto {
  /** Agreement, and how the viewer knows it: `O-12`, or `O-12/2` for a part of several. */
  agreement: number;
  name: string;
  provider: AccountRef;
  resource: { id: number; title: string };
  /** 1: the first provider of the range; more: one after another, or a copy. */
  attempt: number;
  reason: AssignReason;
  state: RangeRunState;
  fault: RangeFault | null;
  /** Of a finished run: sub-tasks that ended with a fault of their own, processor time, and the Merkle roots that bind inputs and results. */
  failed: number | null;
  cpuMs: number | null;
  inputRoot: string | null;
  resultRoot: string | null;
  /** Its result differs from that of two others, and is not paid. */
  isRejected: boolean;
  assignedAtMs: number;
  /** Without an end by then, the range is given to another provider. */
  lateAtMs: number;
  startedAtMs: number | null;
  /** Finished, failed or dropped. */
  endedAtMs: number | null;
}

/**
 * `decided`: its result stands. `compared`: a copy is finished and another is awaited. Else that of its run that got furthest; `waiting`
 * when nobody has to run it now.
 */
export const RANGE_STATES = ['waiting', 'assigned', 'started', 'compared', 'decided'] as const;
export type RangeState = (typeof RANGE_STATES)[number];

/** `count` sub-tasks from `first` (0-based) on, with their runs in the order in which they were given out. */
export interface TaskRangeDto {
  range: number;
  first: number;
  count: number;
  /** For a provider, as far as its own runs tell. */
  state: RangeState;
  decidedAtMs: number | null;
  runs: RangeRunDto[];
}

/** Sub-tasks by the state of their range; those by state with `done` and `failed` add up to `subtasks`. */
export interface TaskTotals {
  subtasks: number;
  waiting: number;
  assigned: number;
  started: number;
  compared: number;
  /** Decided ones that ended well, and with a fault of their own. */
  done: number;
  failed: number;
  /** Processor time of all finished runs. */
  cpuMs: number;
}

/** An agreement that runs sub-tasks of the task: where its customer fetches results. */
export interface TaskAgreementDto {
  agreement: number;
  name: string;
  status: OrderStatus;
  provider: AccountRef;
  resource: { id: number; title: string };
  /** Origin of its gateway; null for everybody but the customer, and when its agent has not registered here. */
  gateway: string | null;
  /** What stands on the ledger for the customer alone: HPKE-sealed path and token, hex. Null until prepared, and for everybody else. */
  sealed: { descriptor: string; encryptionKey: string; issue: number } | null;
}

/**
 * A divided task. Its customer sees all of it; a provider the ranges and agreements that are its own, with totals of these alone.
 */
export interface TaskDto {
  viewer: 'customer' | 'provider';
  demand: number;
  /** As the viewer knows it: the customer's number of the whole order, the first of a provider's own agreements. */
  order: number;
  customer: AccountRef;
  work: WorkDto;
  totals: TaskTotals;
  ranges: TaskRangeDto[];
  agreements: TaskAgreementDto[];
  /** Null while it runs, and for a provider. */
  outcome: TaskOutcome | null;
  /** The fault that ended it; '' when there is none. */
  outcomeReason: string;
  startedAtMs: number;
  endedAtMs: number | null;
  serverTimeMs: number;
  asOf: AsOf;
}

/* The broker's desk. */

export interface DeskFilter {
  kind?: string;
  region?: string;
  /** Only demands that no plan meets. */
  unmet?: boolean;
  /** Only those that were published at least this long ago. */
  ageMsMin?: number;
  page?: number;
}

/** A kind in a zone, and what is on offer there. `free` and `capacity` are of all published offers together, by meter. */
export interface SupplyDto {
  kind: string;
  region: string;
  zone: string | null;
  offers: number;
  providers: number;
  capacity: QuantityDto[];
  free: QuantityDto[];
  /** The least free share over its meters, in thousandths of the capacity. */
  freePerMille: number;
  /** Open demands that ask for the kind. */
  openDemands: number;
}

/** Settled agreements of one kind in one day (UTC). */
export interface VolumeDto {
  kind: string;
  dayMs: number;
  settled: number;
  chargeMicro: string;
  /** Charge by the hour of time that was kept or degraded; null when there was none. */
  hourMicro: string | null;
}

export interface RegistryEntryDto {
  resource: { id: number; title: string; kind: string; status: string };
  provider: AccountRef;
  region: string;
  zone: string | null;
  testedAtMs: number;
  capacity: QuantityDto[];
  free: QuantityDto[];
  /** Last heartbeat of the agent that serves it; null when none was ever seen. */
  agentSeenAtMs: number | null;
}

export interface DeskDto {
  demands: PageOf<DemandSummary>;
  /** Thinnest first. */
  supply: SupplyDto[];
  /** Oldest day first, of the last 30 days. */
  volumes: VolumeDto[];
}

export interface RegistryFilter {
  kind?: string;
  status?: 'published' | 'suspended' | 'retired';
  page?: number;
}
