import { NO_VOUCHER_KEY } from '#ledger/contracts/shared/voucher-fields.ts';
import type { Quantity, Term } from '#ledger/contracts/shared/terms.ts';
import type { StrategyArgs } from '#ledger/contracts/strategy/definition.ts';
import { USUAL_PARAMETERS } from '#ledger/contracts/testing/parameters.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { Genesis } from '#ledger/core/genesis.ts';
import { compileMethods, encodeTransaction, signTransaction } from '#ledger/core/transaction.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { possessionDigest } from '#ledger/core/validator-possession.ts';
import { validatorAddress } from '#ledger/core/validator-set.ts';
import { methods } from '#ledger/contracts/definitions.ts';
import {
  ATTRIBUTES,
  addressOfSecret,
  amountsOfUse,
  keyOffer,
  places,
  strategy,
  terms,
} from '#ledger/contracts/testing/samples.ts';
import { implementations, type Implementations } from '#ledger/contracts/registry.ts';
import { resourceTestDigest } from '#ledger/contracts/resource/test-report.ts';
import type { BlockContext, FinalizedBlock, FinalizedItem, Misbehavior } from '#ledger/abci/application.ts';
import { Machine } from '#ledger/abci/machine.ts';

/** A chain of one machine for tests: people with keys, a clock that only tests move, every committed transaction kept. */

export const START_MS = 1_764_000_000_000n;
export const BLOCK_BYTES_MAX = 4 << 20;

export interface Person {
  readonly secret: Uint8Array;
  readonly address: Uint8Array;
  account: bigint;
  key: bigint;
  nonce: bigint;
}

export function person(seed: number, crypto: Crypto, account = 0n, key = 0n): Person {
  const secret = crypto.sha256(Uint8Array.of(seed & 0xff, (seed >> 8) & 0xff, 77));
  return { secret, address: addressOfSecret(secret, crypto), account, key, nonce: 0n };
}

export const PARAMETERS: Readonly<Record<string, bigint>> = {
  contestMs: 5_000n,
  deliveryMs: 10_000n,
  intervalMs: 1_000n,
  votingMs: 60_000n,
  epochMs: 600_000n,
  validityMsMax: 3_600_000n,
  newAccountGrantMicro: 50_000_000n,
  feePerMille: 20n,
  openAgreementsMax: 50n,
  createPerEpochMax: 1_000n,
  transactionsPerEpochMax: 20_000n,
  bytesPerEpochMax: 100_000_000n,
  testAgeMsMax: 600_000n,
  openDemandsMax: 50n,
  planMs: 60_000n,
  rangeGraceMs: 10_000n,
  probationMs: 10_000n,
  silenceMs: 10_000n,
  ...USUAL_PARAMETERS,
  incentivePoolMicro: 0n,
};

export function filled(byte: number): Uint8Array {
  return new Uint8Array(32).fill(byte);
}

export class TestNetwork {
  readonly machine: Machine;
  readonly crypto: Crypto;
  readonly provider: Person;
  readonly agent: Person;
  readonly customer: Person;
  readonly nodes: readonly Person[];
  readonly genesis: Genesis;
  readonly #methods;
  nowMs = START_MS;
  /** Every transaction that a block held, with its result. */
  readonly included: { bytes: Uint8Array; item: FinalizedItem }[] = [];
  /** Every block, as an engine hands it in. */
  readonly blocks: { transactions: readonly Uint8Array[]; context: BlockContext }[] = [];
  last: FinalizedBlock | undefined;

  constructor(
    crypto: Crypto,
    parameters: Readonly<Record<string, bigint>> = {},
    known: Implementations = implementations,
  ) {
    this.crypto = crypto;
    this.#methods = compileMethods(methods, crypto);
    this.provider = person(1, crypto, 1n);
    this.customer = person(2, crypto, 2n);
    this.nodes = [3, 4, 5].map((seed) => person(seed, crypto, BigInt(seed)));
    this.agent = person(9, crypto, 1n, 1n);
    const founders = [
      { who: this.provider, roles: ['NRC', 'NRP'] },
      { who: this.customer, roles: ['NRC'] },
      ...this.nodes.map((who) => ({ who, roles: ['NRC', 'NRNSP'] })),
    ];
    this.genesis = {
      name: 'test',
      timeMs: START_MS,
      accounts: founders.map(({ who, roles }) => ({
        address: who.address,
        roles,
        profileCommitment: filled(7),
        encryptionKey: filled(9),
        balanceMicro: 100_000_000n,
      })),
      treasuryMicro: 1_000_000_000n,
      parameters: { ...PARAMETERS, ...parameters },
      validators: [1, 2, 3, 4].map((seed) => ({ name: `v${seed}`, publicKey: crypto.publicKey(filled(seed)) })),
    };
    this.machine = new Machine(this.genesis, crypto, known);
    this.machine.initChain();
  }

  sign(
    who: Person,
    method: string,
    args: Args,
    header: Partial<{ nonce: bigint; validUntilMs: bigint; network: Uint8Array }> = {},
  ): Uint8Array {
    const { account, key } = who;
    const nonce = header.nonce ?? (account === 0n ? 0n : who.nonce++);
    const validUntilMs = header.validUntilMs ?? this.nowMs + 600_000n;
    const compiled = this.#methods.get(method)!;
    const transaction = { account, key, nonce, validUntilMs, method, args };
    const signed = signTransaction(
      { transaction, network: header.network ?? this.machine.network },
      who.secret,
      compiled,
      this.crypto,
    );
    return encodeTransaction(signed, compiled);
  }

  /** The creation of an account, signed by the person it will belong to. */
  create(who: Person, fields: Args = {}): Uint8Array {
    const { address: owner } = who;
    return this.sign(who, 'CreateAccount', {
      owner,
      profileCommitment: filled(1),
      encryptionKey: filled(9),
      ...fields,
    });
  }

  /** Executes and commits one block `afterMs` after the last. */
  block(
    transactions: readonly Uint8Array[] = [],
    afterMs = 10n,
    misbehavior: readonly Misbehavior[] = [],
  ): FinalizedBlock {
    this.nowMs += afterMs;
    const height = this.machine.info().height + 1n;
    const context = { height, timeMs: this.nowMs, bytesMax: BLOCK_BYTES_MAX, misbehavior };
    const block = this.machine.finalizeBlock(transactions, context);
    this.blocks.push({ transactions, context });
    this.machine.commit();
    block.transactions.forEach((item, index) => this.included.push({ bytes: transactions[index]!, item }));
    this.last = block;
    return block;
  }

  /** Signs, runs in a block of its own. */
  run(who: Person, method: string, args: Args): FinalizedItem {
    return this.block([this.sign(who, method, args)]).transactions[0]!;
  }

  /** Another validator, offered by the holder of its key for the provider's account; genesis has the seeds 1 to 4. */
  validatorOffer(seed: number): Args {
    const possession = { network: this.machine.network, operator: 1n };
    const proof = this.crypto.sign(possessionDigest(possession, this.crypto), filled(seed));
    return { name: `v${seed}`, publicKey: this.crypto.publicKey(filled(seed)), operator: 1n, proof };
  }

  /** Evidence against the validator of a seed, as an engine hands it in. */
  misbehavior(seed: number, height: bigint): Misbehavior {
    const validator = validatorAddress(this.crypto.publicKey(filled(seed)), this.crypto);
    return { validator, height, timeMs: START_MS + height };
  }

  /** Two of the three node providers vote for a proposal, in one block. */
  pass(proposal: bigint): FinalizedBlock {
    return this.block(this.nodes.slice(1).map((node) => this.sign(node, 'Vote', { proposal, approve: true })));
  }

  query(path: string, args: { readonly [name: string]: CborValue } = {}): CborValue | undefined {
    const answer = this.machine.query(path, args);
    return answer.ok ? answer.value : undefined;
  }

  publishArgs(
    fields: Partial<{
      sourceId: string;
      strategy: StrategyArgs;
      testedAtMs: bigint;
      capacity: Quantity[];
      attributes: Term[];
    }> = {},
  ): Args {
    const { sourceId = 'seattle-weather', testedAtMs = this.nowMs, attributes = ATTRIBUTES } = fields;
    const { capacity = places(3n) } = fields;
    const tested = { kind: 'data', sourceId, attributes, testedAtMs };
    const test = { network: this.machine.network, owner: this.provider.account, ...tested };
    return {
      title: 'Seattle weather',
      summary: 'Daily weather.',
      tags: ['weather', 'seattle'],
      region: 'US-WA',
      licence: 'public domain',
      sourceUrl: 'https://example.org/data',
      agentKey: this.agent.key,
      ...tested,
      capacity,
      strategy: fields.strategy ?? strategy(),
      testSignature: this.crypto.signRecoverable(resourceTestDigest(test, this.crypto), this.agent.secret),
    };
  }

  /** A key's holder offers it to an account: address and proof. */
  keyOffer(who: Person, account: bigint): { keyAddress: Uint8Array; proof: Uint8Array } {
    return keyOffer(who.secret, { network: this.machine.network, account }, this.crypto);
  }

  authorizeArgs(): Args {
    const methodNames = [
      'Prepare',
      'Reissue',
      'ClaimUsage',
      'CloseChannel',
      'ReportErasure',
      'EndAgreement',
      'SuspendResource',
    ];
    return {
      ...this.keyOffer(this.agent, this.provider.account),
      label: 'agent',
      methods: methodNames,
      resources: [],
      spendingCapMicro: 0n,
      expiresAtMs: this.nowMs + 86_400_000n,
    };
  }

  /** Key of the agent authorised, one resource published: resource 1. */
  publish(terms: Partial<StrategyArgs> = {}, capacity = places(3n)): FinalizedItem {
    if (this.provider.nonce === 0n) this.run(this.provider, 'AuthorizeKey', this.authorizeArgs());
    return this.run(this.provider, 'PublishResource', this.publishArgs({ strategy: strategy(terms), capacity }));
  }

  applyArgs(fields: Args = {}): Args {
    return {
      resource: 1n,
      provider: 1n,
      strategyVersion: 1n,
      purpose: 'research',
      fieldOfBusiness: 'weather',
      durationMs: 3_600_000n,
      choices: terms({ format: 'csv' }),
      amounts: amountsOfUse(),
      holdMicro: 3_600_000n,
      continues: 0n,
      encryptionKey: filled(9),
      voucherKey: NO_VOUCHER_KEY,
      ...fields,
    };
  }
}
