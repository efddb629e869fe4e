import { setTimeout as delay } from 'node:timers/promises';
import { NO_VOUCHER_KEY } from '#ledger/contracts/channel/definition.ts';
import { agreementCodes } from '#ledger/contracts/agreement/definition.ts';
import { dataSetTerms, dataWaysTerms } from '#ledger/contracts/kinds/data.ts';
import { resourceTestDigest } from '#ledger/contracts/resource/test-report.ts';
import { settlementCodes } from '#ledger/contracts/settlement/definition.ts';
import { filled, keyOffer, perMegabyte, places, quantities, runs, terms } from '#ledger/contracts/testing/samples.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import type { LedgerHome, Member } from '#ledger/engines/testing/ledger-home.ts';
import type { Workload } from './workload.ts';

/** Price of a megabyte, and what each order claims of it: the bill follows from these alone, however long the faults take. */
const PRICE_MICRO = 2_000_000n;
const BYTES_MAX = 1_000_000n;
const BYTES_CLAIMED = 400_000n;
const CHARGE_MICRO = 800_000n;
/** 20 per mille of the charge, which ledger-home.ts founds its ledgers with. */
const FEE_MICRO = 16_000n;
/** Metering interval that ledger-home.ts founds its ledgers with. */
const INTERVAL_MS = 1_000n;
/** A block's clock may be behind ours, further while nodes are struck: until then a claim of a time to come is made again. */
const CLAIM_MS = 60_000;
const SETTLED_MS = 120_000;
const POLL_MS = 200;

export interface Parties {
  readonly provider: Member;
  readonly customer: Member;
  readonly agent: Member;
}

const ATTRIBUTES = dataSetTerms({
  format: 'csv',
  rows: 3,
  bytes: 30,
  checksum: 'sha256:0',
  columns: [{ name: 'day', type: 'DATE', nulls: 0 }],
});
const STRATEGY = {
  accessClass: 'public',
  conditions: [],
  ways: dataWaysTerms({ columns: ['day'], formats: ['csv'], rowFilter: '' }),
  opensAtMs: 0n,
  closesAtMs: 0n,
  useMsMax: 86_400_000n,
  limits: quantities({ bytes: BYTES_MAX, calls: 100n }),
  prices: [perMegabyte(PRICE_MICRO)],
  promise: [],
  degradedPerMille: 0n,
};

function publishArgs(ledger: LedgerHome, { provider, agent }: Parties): Args {
  const testedAtMs = BigInt(Date.now());
  const tested = { kind: 'data', sourceId: 'days', attributes: ATTRIBUTES, testedAtMs };
  const test = { network: ledger.network, owner: provider.account, ...tested };
  const testSignature = nativeCrypto.signRecoverable(resourceTestDigest(test, nativeCrypto), agent.secretKey);
  return {
    title: 'Days',
    summary: 'Three days',
    tags: ['weather'],
    region: 'here',
    licence: 'CC0',
    sourceUrl: '',
    agentKey: 1n,
    ...tested,
    capacity: places(10n),
    testSignature,
    strategy: STRATEGY,
  };
}

function dataOf(data: CborValue, field: string): bigint {
  const value = (data as { readonly [name: string]: CborValue } | null)?.[field];
  if (typeof value !== 'bigint') throw new Error(`The receipt has no ${field}.`);
  return value;
}

/** Status and bill of an order, as every node must have them. */
export function orderText(agreement: CborValue): string {
  const { status, bill } = agreement as { status: string; bill: { [name: string]: CborValue } | null };
  return `${status}: charge ${bill?.chargeMicro}, fee ${bill?.feeMicro}, back ${bill?.refundMicro}`;
}

const SETTLED = `settled: charge ${CHARGE_MICRO}, fee ${FEE_MICRO}, back ${PRICE_MICRO - CHARGE_MICRO}`;

/** A provider's resource and a customer's orders on it, each from application to bill while faults strike. */
export class Orders {
  readonly #workload: Workload;
  readonly #ledger: LedgerHome;
  readonly #parties: Parties;
  settled = 0;

  constructor(workload: Workload, ledger: LedgerHome, people: { provider: Member; customer: Member }) {
    const secretKey = nativeCrypto.sha256(people.provider.secretKey);
    this.#workload = workload;
    this.#ledger = ledger;
    this.#parties = { ...people, agent: { secretKey, account: people.provider.account, key: 1n, nextNonce: 0n } };
  }

  async #must(who: Member, method: string, args: Args): Promise<CborValue> {
    const { code, data } = await this.#workload.decide(`${method} of order`, this.#ledger.sign(who, method, args));
    if (code !== 0) throw new Error(`${method} ended with ${code}.`);
    return data;
  }

  async publish(): Promise<void> {
    const { provider, agent } = this.#parties;
    await this.#must(provider, 'AuthorizeKey', {
      ...keyOffer(agent.secretKey, { network: this.#ledger.network, account: provider.account }, nativeCrypto),
      label: 'agent',
      methods: ['Prepare', 'Reissue', 'ClaimUsage', 'EndAgreement', 'SuspendResource'],
      resources: [],
      spendingCapMicro: 0n,
      expiresAtMs: BigInt(Date.now() + 86_400_000),
    });
    await this.#must(provider, 'PublishResource', publishArgs(this.#ledger, this.#parties));
  }

  /** One order after the other until the workload ends, and the one that is open then to its bill. */
  async stream(): Promise<void> {
    while (!this.#workload.isEnding) await this.#order();
  }

  async #order(): Promise<void> {
    const { provider, customer } = this.#parties;
    const data = await this.#must(customer, 'Apply', {
      resource: 1n,
      provider: provider.account,
      strategyVersion: 1n,
      purpose: 'research',
      fieldOfBusiness: 'weather',
      durationMs: 3_600_000n,
      choices: terms({ format: 'csv' }),
      amounts: quantities({ bytes: BYTES_MAX, calls: 10n, places: 1n }),
      holdMicro: PRICE_MICRO,
      continues: 0n,
      encryptionKey: filled(9),
      voucherKey: NO_VOUCHER_KEY,
    });
    const agreement = dataOf(data, 'agreement');
    const startsAtMs = await this.#prepare(agreement);
    await this.#claim(agreement, startsAtMs + INTERVAL_MS);
    await this.#must(customer, 'EndAgreement', { agreement, reason: 'done' });
    await this.#settled(agreement);
    this.#workload.orders.set(agreement, SETTLED);
    this.#workload.credit(customer.account, -CHARGE_MICRO);
    this.#workload.credit(provider.account, CHARGE_MICRO - FEE_MICRO);
    this.settled += 1;
  }

  /** An agent whose delivery came too late for the start that it names delivers again with a later one. Gives the start that the ledger recorded. */
  async #prepare(agreement: bigint): Promise<bigint> {
    for (;;) {
      const args = { agreement, startsAtMs: BigInt(Date.now()), descriptor: filled(5, 64) };
      const signed = this.#ledger.sign(this.#parties.agent, 'Prepare', args);
      const { code, data } = await this.#workload.decide('Prepare of order', signed);
      if (code === 0) return dataOf(data, 'startsAtMs');
      if (code !== agreementCodes.WINDOW_START_INVALID) throw new Error(`Prepare ended with ${code}.`);
    }
  }

  async #claim(agreement: bigint, untilMs: bigint): Promise<void> {
    const used = quantities({ bytes: BYTES_CLAIMED, calls: 1n, rows: 3n });
    const args = { agreement, used, runs: runs(['kept', 1]), untilMs };
    const endMs = Date.now() + CLAIM_MS;
    await delay(Math.max(0, Number(untilMs) - Date.now()));
    for (;;) {
      const signed = this.#ledger.sign(this.#parties.agent, 'ClaimUsage', args);
      const { code } = await this.#workload.decide('ClaimUsage of order', signed);
      if (code === 0) return;
      if (code !== settlementCodes.RUNS_INVALID || Date.now() > endMs)
        throw new Error(`ClaimUsage ended with ${code}.`);
    }
  }

  async #settled(agreement: bigint): Promise<void> {
    const endMs = Date.now() + SETTLED_MS;
    while (Date.now() < endMs) {
      const found = await this.#workload.anyNode().ask((client) => client.query('agreement', { id: agreement }));
      if (found?.ok === true && (found.value as { status?: CborValue }).status === 'settled') return;
      await delay(POLL_MS);
    }
    throw new Error(`Order ${agreement} was not settled within ${SETTLED_MS} ms.`);
  }
}
