import { setTimeout as delay } from 'node:timers/promises';
import { agreementCodes } from '#ledger/contracts/agreement/definition.ts';
import { settlementCodes } from '#ledger/contracts/settlement/definition.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import type { LedgerHome, Member } from '#ledger/engines/testing/ledger-home.ts';
import {
  agentKeyArgs,
  agentOf,
  applyArgs,
  CHARGE_MICRO,
  claimArgs,
  dataOf,
  FEE_MICRO,
  INTERVAL_MS,
  prepareArgs,
  PRICE_MICRO,
  publishArgs,
} from '#ledger/engines/testing/sample-order.ts';
import type { Workload } from './workload.ts';

/** A block's clock may be behind ours, further while nodes are struck: until then a claim of a time to come is made again. */
const CLAIM_MS = 60_000;
const SETTLED_MS = 120_000;
const POLL_MS = 200;

interface Parties {
  readonly provider: Member;
  readonly customer: Member;
  readonly agent: Member;
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
    this.#workload = workload;
    this.#ledger = ledger;
    this.#parties = { ...people, agent: agentOf(people.provider) };
  }

  async #must(who: Member, method: string, args: Args): Promise<CborValue> {
    const { code, data } = await this.#workload.decide(`${method} of order`, this.#ledger.sign(who, method, args));
    if (code !== 0) throw new Error(`${method} ended with ${code}.`);
    return data;
  }

  async publish(): Promise<void> {
    const { provider, agent } = this.#parties;
    await this.#must(provider, 'AuthorizeKey', agentKeyArgs(this.#ledger, agent));
    await this.#must(provider, 'PublishResource', publishArgs(this.#ledger, agent));
  }

  /** One order after the other until the workload ends, and the one that is open then to its bill. */
  async stream(): Promise<void> {
    while (!this.#workload.isEnding) await this.#order();
  }

  async #order(): Promise<void> {
    const { provider, customer } = this.#parties;
    const data = await this.#must(customer, 'Apply', applyArgs({ resource: 1n, provider: provider.account }));
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
      const signed = this.#ledger.sign(this.#parties.agent, 'Prepare', prepareArgs(agreement));
      const { code, data } = await this.#workload.decide('Prepare of order', signed);
      if (code === 0) return dataOf(data, 'startsAtMs');
      if (code !== agreementCodes.WINDOW_START_INVALID) throw new Error(`Prepare ended with ${code}.`);
    }
  }

  async #claim(agreement: bigint, untilMs: bigint): Promise<void> {
    const args = claimArgs(agreement, untilMs);
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
