import { describe, expect, test } from 'vitest';
import { grantRole } from '#ledger/contracts/account/contract.ts';
import { agreementTables, readAgreement } from '#ledger/contracts/agreement/record.ts';
import { UNIDENTIFIED_AT_ONCE_MAX } from '#ledger/contracts/agreement/ending.ts';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { readTask } from '#ledger/contracts/plan/record.ts';
import { evolve } from '#ledger/contracts/registry.ts';
import { chooseArgs, publishDemand, withMarket } from '#ledger/contracts/testing/market.ts';
import { filled, places, quantities, runs } from '#ledger/contracts/testing/samples.ts';
import {
  AGENT_KEY,
  CUSTOMER,
  NODES,
  PROVIDER,
  TestLedger,
  applyArgs,
  backup,
  orderArgs,
  part,
  prepareArgs,
  type Outcome,
} from '#ledger/contracts/testing/test-ledger.ts';
import { readBalance } from '#ledger/contracts/token/contract.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { VALIDITY_MS_MAX, VALIDITY_MS_MIN } from './definition.ts';

const [OPERATOR, SECOND] = NODES;
const MINUTE_MS = 60_000n;
const HOLD_MICRO = 3_600_000n;
const asks = (rule: string) => ({ conditions: [{ rule, sentence: 'an operator must have identified you' }] });
const BY_ANYBODY = asks('applicant.identifiedBy != 0');
const BY_THE_FIRST = asks(`applicant.identifiedBy == ${OPERATOR}`);

const types = ({ events }: Pick<Outcome, 'events'>): string[] => events.map(({ type }) => type);
const endsOf = ({ events }: Pick<Outcome, 'events'>) => events.filter(({ type }) => type === 'AgreementEnded');
const reasonOf = (ledger: TestLedger, agreement = 1n) => readAgreement(ledger.state, agreement)?.endReason;
const freeOf = (ledger: TestLedger) => readBalance(ledger.state, CUSTOMER).balanceMicro;

function identify(ledger: TestLedger, by: bigint = OPERATOR, validMs = VALIDITY_MS_MAX): Outcome {
  ledger.run(CUSTOMER, 'ApplyIdentity', { operator: by, commitment: filled(12) });
  const said = { subject: CUSTOMER, commitment: filled(12), subscriber: filled(13), level: 'compared' };
  return ledger.run(by, 'AttestIdentity', { ...said, endsAtMs: ledger.nowMs + validMs });
}
const revoke = (ledger: TestLedger, by: bigint = OPERATOR): Outcome =>
  ledger.run(by, 'RevokeIdentity', { subject: CUSTOMER, reason: 'misuse' });
const apply = (ledger: TestLedger, fields: Args = {}): Outcome => ledger.run(CUSTOMER, 'Apply', applyArgs(fields));

interface Asked {
  readonly validMs?: bigint;
  readonly room?: bigint;
}

/** Two operators offer to identify, and the first has identified the customer. */
function identified(validMs?: bigint): TestLedger {
  const ledger = new TestLedger({ openAgreementsMax: 100n });
  for (const by of [OPERATOR, SECOND]) {
    evolve(ledger.state, grantRole(by, 'NO', 0n));
    ledger.run(by, 'OfferIdentification', { sealingKey: filled(9) });
  }
  identify(ledger, OPERATOR, validMs);
  return ledger;
}

/** The same, and resource 1 asks for it. */
function asking(terms: ReturnType<typeof asks>, { validMs, room = 2n }: Asked = {}): TestLedger {
  return identified(validMs).publish(terms, places(room));
}

/** Order 1: an hour at 3.6 tokens, begun a minute ago. */
function running(terms = BY_ANYBODY, asked: Asked = {}): TestLedger {
  const ledger = asking(terms, asked);
  apply(ledger);
  ledger.run(PROVIDER, 'Prepare', prepareArgs(ledger.nowMs));
  ledger.wait(MINUTE_MS);
  return ledger;
}

/** So many orders of the customer that run by its identification. */
function many(count: number): TestLedger {
  const ledger = asking(BY_ANYBODY, { room: 100n });
  for (let order = 0; order < count; order++)
    expect(apply(ledger, { durationMs: 1_000n, holdMicro: 1_000n }).code).toBe(0);
  return ledger;
}

describe('an identification that ends, and the orders that run by it [8.5.2-d] [8.5.2-a]', () => {
  test('revoked in the middle of a session: it ends in the same transaction, what was served is paid, the rest comes back', () => {
    const ledger = running();
    const free = freeOf(ledger);
    const outcome = revoke(ledger);
    expect(types(outcome).slice(0, 3)).toEqual(['IdentityEnded', 'AgreementEnded', 'CapacityChanged']);
    const ended = { agreement: 1n, by: 0n, reason: 'identity-ended', from: 'active', to: 'terminated' };
    expect(endsOf(outcome)).toMatchObject([{ ...ended, endedAtMs: ledger.nowMs, settleAtMs: ledger.nowMs + 5_000n }]);
    expect(brokenInvariants(ledger.state)).toEqual([]);
    const used = quantities({ bytes: 5_000n, calls: 5n, rows: 50n });
    const claim = { agreement: 1n, used, runs: runs(['kept', 1]), untilMs: ledger.nowMs };
    ledger.run(PROVIDER, 'ClaimUsage', claim, { key: AGENT_KEY });
    const settled = ledger.wait(5_000n).filter(({ type }) => type === 'AgreementSettled');
    expect(settled).toMatchObject([{ chargeMicro: 60_000n, refundMicro: HOLD_MICRO - 60_000n }]);
    expect(freeOf(ledger)).toBe(free + HOLD_MICRO - 60_000n);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('one that was not delivered yet is settled at once: all that was held is back', () => {
    const ledger = asking(BY_ANYBODY);
    const free = freeOf(ledger);
    apply(ledger);
    expect(freeOf(ledger)).toBe(free - HOLD_MICRO);
    expect(types(revoke(ledger))).toEqual(expect.arrayContaining(['AgreementEnded', 'AgreementSettled']));
    expect(freeOf(ledger)).toBe(free);
    expect(ledger.waiting.filter(({ kind }) => kind === 'prepare-by')).toEqual([]);
  });

  test('it ends at the end of its time too, in the moment in which that comes', () => {
    const ledger = running(BY_ANYBODY, { validMs: VALIDITY_MS_MIN + MINUTE_MS });
    const endsAtMs = ledger.nowMs + VALIDITY_MS_MIN;
    const events = ledger.wait(VALIDITY_MS_MIN);
    expect(types({ events }).slice(0, 2)).toEqual(['IdentityEnded', 'AgreementEnded']);
    expect(endsOf({ events })).toMatchObject([{ reason: 'identity-ended', endedAtMs: endsAtMs }]);
  });

  test.each([
    ['a strategy that asks for none', asks('applicant.account != 0')],
    ['one whose condition holds without', asks('applicant.identifiedBy != 0 || applicant.account == 2')],
  ])('what %s admitted goes on', (_what, terms) => {
    const ledger = running(terms);
    expect(readAgreement(ledger.state, 1n)).toMatchObject({ identifiedBy: 0n });
    expect(types(revoke(ledger))).toEqual(['IdentityEnded']);
    expect(reasonOf(ledger)).toBe('');
  });

  test('nobody broke it: no history of either side counts it as broken', () => {
    const ledger = running();
    revoke(ledger);
    const counted = [CUSTOMER, PROVIDER].map((account) => ledger.state.read(agreementTables.histories, account));
    expect(counted).toEqual([undefined, undefined]);
  });

  test('no backup takes the place of a part that ends by it', () => {
    const ledger = asking(BY_ANYBODY);
    ledger.publishAnother('second');
    ledger.run(CUSTOMER, 'PlaceOrder', orderArgs([part({ backup: [backup()] })]));
    const outcome = revoke(ledger);
    expect(endsOf(outcome)).toMatchObject([{ agreement: 1n }]);
    expect(readAgreement(ledger.state, 2n)).toBeUndefined();
  });

  test('a backup that took a place runs by the identification too, and ends with it', () => {
    const ledger = asking(asks('applicant.account != 0'));
    ledger.publishAnother('second', BY_ANYBODY);
    ledger.run(CUSTOMER, 'PlaceOrder', orderArgs([part({ backup: [backup()] })]));
    ledger.run(PROVIDER, 'EndAgreement', { agreement: 1n, reason: 'withdrawn' });
    expect(readAgreement(ledger.state, 2n)).toMatchObject({ replaces: 1n, identifiedBy: OPERATOR });
    expect(endsOf(revoke(ledger))).toMatchObject([{ agreement: 2n, reason: 'identity-ended' }]);
  });

  test('a task goes on at those of its plan that ask for none', () => {
    const ledger = withMarket(identified(), [
      { slots: 2n, terms: { accessClass: 'conditional', ...BY_ANYBODY } },
      { slots: 2n },
      { slots: 2n },
    ]);
    const { demand, plans } = publishDemand(ledger);
    const asked = plans[0]?.parts.findIndex(({ resource }) => resource === 1n) ?? -1;
    ledger.run(CUSTOMER, 'ChoosePlan', chooseArgs(demand, plans[0]!));
    const outcome = revoke(ledger);
    expect(endsOf(outcome)).toMatchObject([{ agreement: BigInt(asked + 1), reason: 'identity-ended' }]);
    expect(types(outcome)).toContain('RangeAssigned');
    expect(readTask(ledger.state, demand)).toMatchObject({ outcome: '' });
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('many end in pieces of one moment, each bounded', () => {
    const ledger = many(2 * UNIDENTIFIED_AT_ONCE_MAX + 3);
    expect(endsOf(revoke(ledger))).toHaveLength(UNIDENTIFIED_AT_ONCE_MAX);
    expect(ledger.waiting.filter(({ kind }) => kind === 'identity')).toMatchObject([{ atMs: ledger.nowMs }]);
    expect(endsOf({ events: ledger.wait(0n) })).toHaveLength(UNIDENTIFIED_AT_ONCE_MAX + 3);
    expect(ledger.waiting).toEqual([]);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('a piece finds its place where an order ended meanwhile', () => {
    const ledger = many(2 * UNIDENTIFIED_AT_ONCE_MAX);
    revoke(ledger);
    const next = BigInt(UNIDENTIFIED_AT_ONCE_MAX);
    expect(ledger.waiting).toMatchObject(expect.arrayContaining([expect.objectContaining({ subject: next })]));
    ledger.run(CUSTOMER, 'EndAgreement', { agreement: next, reason: 'no-longer-needed' });
    expect(endsOf({ events: ledger.wait(0n) })).toHaveLength(UNIDENTIFIED_AT_ONCE_MAX - 1);
    expect(reasonOf(ledger, next)).toBe('no-longer-needed');
  });

  test('what was identified again before its piece came goes on', () => {
    const ledger = many(UNIDENTIFIED_AT_ONCE_MAX + 2);
    revoke(ledger);
    identify(ledger);
    expect(endsOf({ events: ledger.wait(0n) })).toEqual([]);
    expect(endsOf(revoke(ledger))).toHaveLength(2);
  });
});

describe('an identification that takes the place of another [8.5.2-a]', () => {
  test('renewed by the same operator: what runs goes on, and ends with the new one', () => {
    const ledger = running(BY_THE_FIRST);
    expect(types(identify(ledger))).toEqual(['IdentityEnded', 'IdentityAttested']);
    expect(reasonOf(ledger)).toBe('');
    expect(endsOf(revoke(ledger))).toMatchObject([{ agreement: 1n, reason: 'identity-ended' }]);
  });

  test('renewed, the end that it had is no end any more', () => {
    const ledger = running(BY_ANYBODY, { validMs: VALIDITY_MS_MIN + MINUTE_MS });
    identify(ledger);
    expect(endsOf({ events: ledger.wait(VALIDITY_MS_MIN + 1n) })).toEqual([]);
    expect(reasonOf(ledger)).toBe('');
  });

  test('of another operator: what asks for anybody’s goes on and ends with that one', () => {
    const ledger = running();
    expect(types(identify(ledger, SECOND))).toEqual(['IdentityEnded', 'IdentityAttested']);
    expect(endsOf(revoke(ledger, SECOND))).toMatchObject([{ agreement: 1n, reason: 'identity-ended' }]);
  });

  test('of another operator: what asks for the first one’s ends', () => {
    const ledger = running(BY_THE_FIRST);
    const outcome = identify(ledger, SECOND);
    expect(types(outcome).slice(0, 3)).toEqual(['IdentityEnded', 'IdentityAttested', 'AgreementEnded']);
    expect(reasonOf(ledger)).toBe('identity-ended');
  });
});

test('an invariant names a list that lacks an order which runs by an identification', () => {
  const ledger = running();
  ledger.state.erase(agreementTables.identified, CUSTOMER);
  expect(brokenInvariants(ledger.state)).toContain(
    'each customer’s list names what it runs by an identification, the newest first',
  );
});
