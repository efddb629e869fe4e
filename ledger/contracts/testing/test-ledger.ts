import { foundAccount } from '#ledger/contracts/account/contract.ts';
import { NO_VOUCHER_KEY } from '#ledger/contracts/shared/voucher-fields.ts';
import { creditEvent, type Permission } from '#ledger/contracts/credit/definition.ts';
import { PARAMETERS, type Parameter, type ContractEvent } from '#ledger/contracts/definitions.ts';
import { writeParameter } from '#ledger/contracts/governance/record.ts';
import { foundNodes } from '#ledger/contracts/node/contract.ts';
import { OfferIndex } from '#ledger/contracts/offer-index.ts';
import type { OffersView } from '#ledger/contracts/plan/offers.ts';
import * as registry from '#ledger/contracts/registry.ts';
import { resourceTestDigest } from '#ledger/contracts/resource/test-report.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import type { Role } from '#ledger/contracts/shared/roles.ts';
import type { StrategyArgs } from '#ledger/contracts/strategy/definition.ts';
import { TREASURY, mint } from '#ledger/contracts/token/contract.ts';
import { USUAL_PARAMETERS } from '#ledger/contracts/testing/parameters.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import type { Decision, DueItem } from '#ledger/core/decision.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { possessionDigest } from '#ledger/core/validator-possession.ts';
import { validatorAddress } from '#ledger/core/validator-set.ts';
import { MemoryState } from './memory-state.ts';
import { ATTRIBUTES, HOUR_MS, amountsOfUse, filled, keyOffer, places, strategy, terms } from './samples.ts';

/** All contracts on a memory state, without signatures, nonces and blocks: given events, when a command or time, then events or a code. */

export const START_MS = 1_764_000_000_000n;
export const PROVIDER = 1n;
export const CUSTOMER = 2n;
/** The three that vote. */
export const NODES = [3n, 4n, 5n] as const;
/** Key that the provider authorised for its agent. */
export const AGENT_KEY = 1n;

const crypto = nobleCrypto;
/** Nodes 1 to 4. */
const FOUNDERS = [1, 2, 3, 4].map((seed) => ({ name: `V${seed}`, publicKey: crypto.publicKey(filled(seed)) }));
const agentSecret = filled(31);

const DEFAULTS: Readonly<Record<(typeof PARAMETERS)[number], bigint>> = {
  contestMs: 5_000n,
  deliveryMs: 10_000n,
  intervalMs: 60_000n,
  votingMs: 60_000n,
  epochMs: 600_000n,
  validityMsMax: 3_600_000n,
  newAccountGrantMicro: 0n,
  feePerMille: 20n,
  openAgreementsMax: 5n,
  createPerEpochMax: 100n,
  transactionsPerEpochMax: 1_000n,
  bytesPerEpochMax: 1_000_000n,
  testAgeMsMax: 600_000n,
  openDemandsMax: 5n,
  planMs: 60_000n,
  rangeGraceMs: 500n,
  probationMs: 30_000n,
  silenceMs: 20_000n,
  ...USUAL_PARAMETERS,
  incentivePoolMicro: 0n,
};

export type Outcome = { code: number; events: readonly ContractEvent[]; data?: unknown };

export class TestLedger {
  state = new MemoryState();
  readonly network = filled(200);
  nowMs = START_MS;
  #due: (DueItem & { sequence: number })[] = [];
  #sequence = 0;
  readonly #offers = new OfferIndex();
  readonly #rules: Pick<typeof registry, 'decide' | 'due'>;

  constructor(parameters: Partial<typeof DEFAULTS> = {}, rules: Pick<typeof registry, 'decide' | 'due'> = registry) {
    this.#rules = rules;
    for (const name of PARAMETERS) writeParameter(this.state, name, parameters[name] ?? DEFAULTS[name]);
    for (const event of mint(TREASURY, 1_000_000_000n)) registry.evolve(this.state, event);
    const founders: Role[][] = [['NRC', 'NRP'], ['NRC'], ...NODES.map((): Role[] => ['NRC', 'NRNSP'])];
    founders.forEach((roles, index) => {
      const account = BigInt(index + 1);
      const facts = { address: filled(index + 1, 20), profileCommitment: filled(7), encryptionKey: filled(9) };
      const founded = foundAccount(account, { ...facts, createdAtMs: START_MS }, roles);
      for (const event of [...founded, ...mint(account, 100_000_000n)]) registry.evolve(this.state, event);
    });
    for (const event of foundNodes(FOUNDERS, START_MS, crypto)) registry.evolve(this.state, event);
  }

  /** One command by an admitted signer; a success is evolved and its due work queued. */
  run(account: bigint, method: string, args: Args, by: { key?: bigint; signer?: Uint8Array } = {}): Outcome {
    const { key = 0n, signer = filled(Number(account), 20) } = by;
    const ctx = { nowMs: this.nowMs, height: 1n, network: this.network, crypto, account, key, signer };
    const header = { account, key, nonce: 0n, validUntilMs: this.nowMs };
    const decided = this.#rules.decide(this.state, { ...header, method, args }, ctx, this.#offers);
    if (!decided.ok) return { code: decided.code, events: [] };
    this.#apply(decided.value);
    return { code: 0, events: decided.value.events, data: decided.value.data };
  }

  /** Lets time pass; returns the events of what came due, in order. */
  wait(ms: bigint): ContractEvent[] {
    const untilMs = this.nowMs + ms;
    const events: ContractEvent[] = [];
    for (let item = this.#next(untilMs); item !== undefined; item = this.#next(untilMs)) {
      if (item.atMs > this.nowMs) this.nowMs = item.atMs;
      this.#due = this.#due.filter((other) => other !== item);
      const decision = this.#rules.due(this.state, item, { nowMs: this.nowMs, height: 1n }, this.#offers);
      this.#apply(decision);
      events.push(...decision.events);
    }
    this.nowMs = untilMs;
    return events;
  }

  /** One item of due work now, as if it had come due. */
  runDue(item: Omit<DueItem, 'atMs'>): Outcome {
    this.#due = this.#due.filter(({ kind, subject }) => kind !== item.kind || subject !== item.subject);
    const decision = this.#rules.due(this.state, item, { nowMs: this.nowMs, height: 1n }, this.#offers);
    this.#apply(decision);
    return { code: 0, events: decision.events, data: decision.data };
  }

  /** The same ledger a second time, for what would have happened otherwise. */
  fork(): TestLedger {
    const fork = new TestLedger({}, this.#rules);
    fork.state = this.state.copy();
    fork.#offers.load(fork.state);
    fork.nowMs = this.nowMs;
    fork.#due = [...this.#due];
    fork.#sequence = this.#sequence;
    return fork;
  }

  /** Registers the agent's key as node 5, admits it, and reports it: what it serves is off the list. */
  suspendAgent(): this {
    const said = { class: 'service', name: 'agent', software: '1.4.0', endpoint: '' };
    this.run(PROVIDER, 'RegisterNode', said, { key: AGENT_KEY });
    this.run(NODES[0], 'AdmitNode', { node: 5n });
    this.run(NODES[0], 'ReportNode', { node: 5n, cause: 'not-reachable', sinceMs: this.nowMs });
    return this;
  }

  /** As a passed vote would. */
  setParameter(name: Parameter, value: bigint): void {
    writeParameter(this.state, name, value);
  }

  /** As a credit that is below the permission's threshold does. */
  refuse(account: bigint, permission: Permission): this {
    const facts = {
      account,
      node: 0n,
      permission,
      from: true,
      to: false,
      credit: 0n,
      threshold: 1n,
      epoch: 0n,
    } as const;
    registry.evolve(this.state, creditEvent('PermissionChanged', { ...facts, cause: 'evaluation', atMs: this.nowMs }));
    return this;
  }

  /** Pretends that work came due late: time moves, nothing runs. */
  lag(ms: bigint): void {
    this.nowMs += ms;
  }

  /** What the holder of a consensus key offers; nodes 1 to 4 have the keys of seeds 1 to 4. */
  validatorOffer(seed: number, fields: Args = {}): Args {
    const operator = typeof fields.operator === 'bigint' ? fields.operator : PROVIDER;
    const proof = crypto.sign(possessionDigest({ network: this.network, operator }, crypto), filled(seed));
    return { name: `V${seed}`, publicKey: crypto.publicKey(filled(seed)), operator, proof, ...fields };
  }

  /** A block carries evidence against the key of a seed. */
  evidence(seed: number, height: bigint): readonly ContractEvent[] {
    const validator = validatorAddress(crypto.publicKey(filled(seed)), crypto);
    const found = registry.misbehavior(this.state, { validator, height, timeMs: this.nowMs });
    if (found !== undefined) this.#apply(found.decision);
    return found?.decision.events ?? [];
  }

  /** Published offers as they stand now. */
  get offers(): OffersView {
    return this.#offers;
  }

  get waiting(): readonly DueItem[] {
    return this.#due;
  }

  #next(untilMs: bigint): (DueItem & { sequence: number }) | undefined {
    const ready = this.#due.filter((item) => item.atMs <= untilMs);
    return ready.sort((left, right) =>
      left.atMs === right.atMs ? left.sequence - right.sequence : left.atMs < right.atMs ? -1 : 1,
    )[0];
  }

  #apply(decision: Decision<ContractEvent>): void {
    for (const event of decision.events) {
      registry.evolve(this.state, event);
      this.#offers.follow(this.state, event);
    }
    this.#offers.commit();
    for (const gone of decision.cancel ?? []) {
      this.#due = this.#due.filter((item) => item.kind !== gone.kind || item.subject !== gone.subject);
    }
    for (const item of decision.due ?? []) this.#due.push({ ...item, sequence: this.#sequence++ });
  }

  /** The holder of the key of this seed offers it to an account: address and proof. */
  keyOffer(seed: number, account: bigint): { keyAddress: Uint8Array; proof: Uint8Array } {
    return keyOffer(filled(seed), { network: this.network, account }, crypto);
  }

  authorizeAgent(fields: Args = {}): Outcome {
    const methods = [
      'Prepare',
      'Reissue',
      'ClaimUsage',
      'CloseChannel',
      'ReportErasure',
      'EndAgreement',
      'SuspendResource',
    ];
    const scope = { methods, resources: [], spendingCapMicro: 0n, expiresAtMs: this.nowMs + 24n * HOUR_MS };
    const offer = keyOffer(agentSecret, { network: this.network, account: PROVIDER }, crypto);
    return this.run(PROVIDER, 'AuthorizeKey', { ...offer, label: 'agent', ...scope, ...fields });
  }

  publishArgs(fields: Args = {}, secret = agentSecret): Args {
    const text = { kind: 'data', title: 'Seattle weather', summary: 'Daily weather.', tags: ['weather', 'seattle'] };
    const origin = { region: 'US-WA', licence: 'public domain', sourceUrl: 'https://example.org/data' };
    const source = { agentKey: AGENT_KEY, sourceId: 'seattle-weather', attributes: ATTRIBUTES, testedAtMs: this.nowMs };
    const offer = { capacity: places(2n), strategy: strategy() };
    const args = { ...text, ...origin, ...source, ...offer, ...fields };
    const { kind, sourceId, attributes, testedAtMs } = args;
    const test = { network: this.network, owner: PROVIDER, kind, sourceId, attributes, testedAtMs };
    const testSignature = crypto.signRecoverable(resourceTestDigest(test, crypto), secret);
    return { testSignature, ...args };
  }

  /** Authorises the agent and publishes resource 1, with two places unless a test says otherwise. */
  publish(terms: Partial<StrategyArgs> = {}, capacity = places(2n)): this {
    this.authorizeAgent();
    this.run(PROVIDER, 'PublishResource', this.publishArgs({ strategy: strategy(terms), capacity }));
    return this;
  }

  /** Publishes one more resource, from another source of the same agent; its id. */
  publishAnother(sourceId: string, terms: Partial<StrategyArgs> = {}, capacity = places(2n)): bigint {
    const args = this.publishArgs({ sourceId, strategy: strategy(terms), capacity });
    return (this.run(PROVIDER, 'PublishResource', args).data as { resource: bigint }).resource;
  }

  /** Publishes and reserves agreement 1 for the customer: an hour at 3.6 tokens. */
  reserve(terms: Partial<StrategyArgs> = {}, fields: Args = {}, capacity = places(2n)): this {
    this.publish(terms, capacity).run(CUSTOMER, 'Apply', applyArgs(fields));
    return this;
  }

  /** Reserves and delivers agreement 1: active from now on. */
  activate(terms: Partial<StrategyArgs> = {}, fields: Args = {}): this {
    this.reserve(terms, fields).run(PROVIDER, 'Prepare', prepareArgs(this.nowMs));
    return this;
  }
}

export function applyArgs(fields: Args = {}): Args {
  return {
    resource: 1n,
    provider: PROVIDER,
    strategyVersion: 1n,
    purpose: 'research',
    fieldOfBusiness: 'weather',
    durationMs: HOUR_MS,
    choices: terms({ format: 'csv' }),
    amounts: amountsOfUse(),
    holdMicro: 3_600_000n,
    continues: 0n,
    encryptionKey: filled(9),
    voucherKey: NO_VOUCHER_KEY,
    ...fields,
  };
}

/** One part of an order for the sample data set, with what a test changes of it. */
export function part(fields: Partial<Struct<'Part'>> = {}): Struct<'Part'> {
  return {
    resource: 1n,
    provider: PROVIDER,
    strategyVersion: 1n,
    durationMs: HOUR_MS,
    choices: terms({ format: 'csv' }),
    amounts: amountsOfUse(),
    holdMicro: 3_600_000n,
    backup: [],
    ...fields,
  };
}

/** What may take the place of a part that fails. */
export function backup(fields: Partial<Struct<'Backup'>> = {}): Struct<'Backup'> {
  return {
    resource: 2n,
    provider: PROVIDER,
    strategyVersion: 1n,
    choices: terms({ format: 'csv' }),
    amounts: amountsOfUse(),
    holdMicro: 3_600_000n,
    ...fields,
  };
}

/** An order whose sum is that of its parts. */
export function orderArgs(parts: readonly Struct<'Part'>[], fields: Args = {}): Args {
  const holdMicro = parts.reduce((sum, each) => sum + each.holdMicro, 0n);
  return {
    purpose: 'research',
    fieldOfBusiness: 'weather',
    parts: [...parts],
    holdMicro,
    encryptionKey: filled(9),
    voucherKey: NO_VOUCHER_KEY,
    ...fields,
  };
}

export function reviseArgs(fields: Partial<StrategyArgs> = {}, capacity = places(2n)): Args {
  return { resource: 1n, capacity, strategy: strategy(fields) };
}

export function prepareArgs(startsAtMs: bigint): Args {
  return { agreement: 1n, startsAtMs, descriptor: filled(5, 100) };
}
