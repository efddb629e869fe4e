import { expect } from 'vitest';
import { readAgreement } from '#ledger/contracts/agreement/record.ts';
import { readRange, readTask } from '#ledger/contracts/plan/record.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { chooseArgs, market, publishDemand, type Machine } from './market.ts';
import { filled } from './samples.ts';
import { CUSTOMER, type Outcome, type TestLedger } from './test-ledger.ts';

/** A demand with work whose plan is chosen, delivered and run; for tests of tasks. Demand 1, its parts agreements from 1 on. */

type Plan = Struct<'Plan'>;

export const THREE: Machine[] = [{ slots: 2n }, { slots: 2n }, { slots: 2n }];
export const providerOf = (ledger: TestLedger, agreement: bigint): bigint =>
  readAgreement(ledger.state, agreement)?.provider ?? 0n;

/** Three machines of two slots each; a demand that takes all six. */
export function planned(machines = THREE, fields: Args = {}): { ledger: TestLedger; demand: bigint; plan: Plan } {
  const ledger = market(machines);
  const { demand, plans } = publishDemand(ledger, fields);
  const plan = plans[0];
  if (plan === undefined) throw new Error('the market meets the demand');
  return { ledger, demand, plan };
}

export function chosen(machines = THREE, fields: Args = {}): { ledger: TestLedger; demand: bigint; plan: Plan } {
  const made = planned(machines, fields);
  expect(made.ledger.run(CUSTOMER, 'ChoosePlan', chooseArgs(made.demand, made.plan)).code).toBe(0);
  return made;
}

export function deliver(ledger: TestLedger, agreement: bigint): Outcome {
  const args = { agreement, startsAtMs: ledger.nowMs, descriptor: filled(5, 100) };
  return ledger.run(providerOf(ledger, agreement), 'Prepare', args, { key: 1n });
}

/** Everything is delivered, a tenth of a second ago: agreements 1 to 3 are active. */
export function running(machines = THREE, fields: Args = {}): { ledger: TestLedger; demand: bigint } {
  const { ledger, demand } = chosen(machines, fields);
  for (const agreement of readTask(ledger.state, demand)?.agreements ?? [])
    expect(deliver(ledger, agreement).code).toBe(0);
  ledger.wait(100n);
  return { ledger, demand };
}

type Says = { agreement: bigint; range: bigint; demand?: bigint; root?: number };

export function start(ledger: TestLedger, { agreement, range, demand = 1n }: Says): Outcome {
  return ledger.run(providerOf(ledger, agreement), 'StartRange', { agreement, demand, range }, { key: 1n });
}

export function finish(
  ledger: TestLedger,
  { agreement, range, demand = 1n, root = 1 }: Says,
  fields: Args = {},
): Outcome {
  const roots = { inputRoot: filled(4), resultRoot: filled(root) };
  const args = { agreement, demand, range, failed: 0n, cpuMs: 10n, ...roots, ...fields };
  return ledger.run(providerOf(ledger, agreement), 'FinishRange', args, { key: 1n });
}

export function fault(ledger: TestLedger, { agreement, range, demand = 1n }: Says, word: string): Outcome {
  const args = { agreement, demand, range, fault: word };
  return ledger.run(providerOf(ledger, agreement), 'FailRange', args, { key: 1n });
}

export const runsOf = (ledger: TestLedger, range: bigint) =>
  (readRange(ledger.state, 1n, range)?.runs ?? []).map(({ agreement, state }) => `${agreement} ${state}`);
