import { describe, expect, test } from 'vitest';
import type { Args } from '../../core/transaction.ts';
import { runCases, type Case } from '../testing/cases.ts';
import {
  AGENT_KEY,
  CUSTOMER,
  HOUR_MS,
  NODES,
  PROVIDER,
  TestLedger,
  applyArgs,
  filled,
  prepareArgs,
  strategy,
} from '../testing/test-ledger.ts';
import { readBalance } from '../token/contract.ts';
import { agreementCodes as codes } from './contract.ts';
import { readAgreement, readHistory } from './record.ts';

const [STRANGER] = NODES;
const published = () => new TestLedger().publish();
const reserved = () => new TestLedger().reserve();
const active = () => new TestLedger().activate();
const reissuing = () => {
  const ledger = active();
  ledger.run(CUSTOMER, 'RequestReissue', { agreement: 1n, encryptionKey: filled(4) });
  return ledger;
};
const act = (who: bigint, method: string, args: Args, key = 0n): Pick<Case, 'when'> => ({
  when: (ledger) => ledger.run(who, method, { agreement: 1n, ...args }, { key }),
});
const apply = (fields: Args = {}, who: bigint = CUSTOMER): Pick<Case, 'when'> => ({
  when: (ledger) => ledger.run(who, 'Apply', applyArgs(fields)),
});
const prepare = (offsetMs: bigint, args: Args = {}): Pick<Case, 'when'> => ({
  when: (ledger) =>
    ledger.run(PROVIDER, 'Prepare', { ...prepareArgs(ledger.nowMs + offsetMs), ...args }, { key: AGENT_KEY }),
});
const end = (who: bigint, reason: string, key = 0n) => act(who, 'EndAgreement', { reason }, key);
const descriptor = filled(6, 80);
const ENDED = ['AgreementEnded', 'CapacityChanged'];
const REFUNDED = [...ENDED, 'HoldSettled', 'AgreementSettled'];

describe('agreement', () => {
  runCases(codes, [
    {
      what: 'an admitted application reserves a place and holds the most it can cost [I.2-4] [I.2-5] [6.2.4-a]',
      given: published,
      ...apply(),
      then: ['AgreementReserved', 'CapacityChanged', 'TokensHeld'],
    },
    {
      what: 'a refusal is an outcome with its event [I.2-5]',
      given: published,
      ...apply({ purpose: 'journalism' }),
      then: ['ApplicationRefused'],
    },
    { what: 'a resource is known', given: published, ...apply({ resource: 9n }), then: codes.RESOURCE_UNKNOWN },
    {
      what: 'a suspended resource takes no application',
      given: () => {
        const ledger = published();
        ledger.run(PROVIDER, 'SuspendResource', { resource: 1n, reason: 'owner-decision' });
        return ledger;
      },
      ...apply(),
      then: codes.RESOURCE_NOT_PUBLISHED,
    },
    { what: 'nobody buys from himself', given: published, ...apply({}, PROVIDER), then: codes.OWN_RESOURCE },
    {
      what: 'what was signed is the strategy in force',
      given: published,
      ...apply({ strategyVersion: 2n }),
      then: codes.STRATEGY_CHANGED,
    },
    {
      what: 'the other party is the one that was signed',
      given: published,
      ...apply({ provider: 3n }),
      then: codes.PROVIDER_MISMATCH,
    },
    {
      what: 'a purpose comes from the list',
      given: published,
      ...apply({ purpose: 'fun' }),
      then: codes.PURPOSE_UNKNOWN,
    },
    {
      what: 'a field of business comes from the list',
      given: published,
      ...apply({ fieldOfBusiness: 'spying' }),
      then: codes.FIELD_UNKNOWN,
    },
    {
      what: 'a format comes from the list',
      given: published,
      ...apply({ format: 'xlsx' }),
      then: codes.FORMAT_NOT_OFFERED,
    },
    {
      what: 'a format the strategy leaves out is a named refusal',
      given: published,
      ...apply({ format: 'parquet' }),
      then: ['ApplicationRefused'],
    },
    {
      what: 'a use takes a second at least',
      given: published,
      ...apply({ durationMs: 999n, holdMicro: 999n }),
      then: codes.DURATION_INVALID,
    },
    {
      what: 'a window has at most 65,536 intervals',
      given: () => new TestLedger({ intervalMs: 1_000n }).publish(),
      ...apply({ durationMs: 65_537_000n }),
      then: codes.DURATION_INVALID,
    },
    { what: 'calls are allowed for', given: published, ...apply({ callsMax: 0n }), then: codes.ALLOWANCE_INVALID },
    { what: 'bytes are allowed for', given: published, ...apply({ bytesMax: 0n }), then: codes.ALLOWANCE_INVALID },
    {
      what: 'the hold that was signed is the most it can cost',
      given: published,
      ...apply({ holdMicro: 1n }),
      then: codes.HOLD_MISMATCH,
    },
    {
      what: 'the descriptor can be sealed',
      given: published,
      ...apply({ encryptionKey: filled(0) }),
      then: codes.ENCRYPTION_KEY_INVALID,
    },
    {
      what: 'a place is taken once',
      given: () => new TestLedger().reserve({ simultaneousMax: 1n }),
      ...apply(),
      then: codes.NO_CAPACITY,
    },
    {
      what: 'a hold is covered',
      given: () => {
        const ledger = published();
        ledger.run(CUSTOMER, 'Transfer', { to: PROVIDER, amountMicro: 99_000_000n });
        return ledger;
      },
      ...apply(),
      then: codes.BALANCE_TOO_LOW,
    },
    {
      what: 'unsettled agreements of one customer are bounded',
      given: () => {
        const ledger = new TestLedger({ openAgreementsMax: 1n });
        return ledger.reserve();
      },
      ...apply(),
      then: codes.TOO_MANY_OPEN,
    },
    {
      what: 'only customers apply [7.2.1-b]',
      given: () => {
        const ledger = published();
        const record = ledger.state.read({ contract: 1, table: 1 }, CUSTOMER) as unknown as { roles: string[] };
        ledger.state.write({ contract: 1, table: 1 }, CUSTOMER, { ...record, roles: [] });
        return ledger;
      },
      ...apply(),
      then: codes.CUSTOMER_ROLE_REQUIRED,
    },
    {
      what: 'an authorised key holds no more than its cap',
      given: () => {
        const ledger = published();
        const scope = { label: 'buyer', methods: ['Apply'], resources: [], spendingCapMicro: 3_599_999n };
        ledger.run(CUSTOMER, 'AuthorizeKey', { keyAddress: filled(88, 20), ...scope, expiresAtMs: ledger.nowMs + 1n });
        return ledger;
      },
      when: (ledger) => ledger.run(CUSTOMER, 'Apply', applyArgs(), { key: 1n }),
      then: codes.SPENDING_CAP_EXCEEDED,
    },
    {
      what: 'delivery starts the window at once [6.2.3-c] [I.2-5]',
      given: reserved,
      ...prepare(0n),
      then: ['AgreementPrepared', 'AgreementActivated'],
    },
    { what: 'a start just ahead waits for its time', given: reserved, ...prepare(5_000n), then: ['AgreementPrepared'] },
    {
      what: 'an agreement is known',
      given: reserved,
      ...act(PROVIDER, 'Prepare', { ...prepareArgs(0n), agreement: 7n }),
      then: codes.AGREEMENT_UNKNOWN,
    },
    {
      what: 'a stranger delivers nothing',
      given: reserved,
      ...act(STRANGER, 'Prepare', prepareArgs(0n)),
      then: codes.NOT_A_PARTY,
    },
    {
      what: 'another key of the provider delivers nothing',
      given: reserved,
      ...act(PROVIDER, 'Prepare', prepareArgs(0n), 2n),
      then: codes.NOT_A_PARTY,
    },
    {
      what: 'what is delivered is not delivered again',
      given: active,
      ...prepare(0n),
      then: codes.STATUS_DOES_NOT_ALLOW,
    },
    {
      what: 'what is overdue is not delivered, also when the refund has not run yet',
      given: () => {
        const ledger = reserved();
        ledger.lag(10_001n);
        return ledger;
      },
      ...prepare(0n),
      then: codes.STATUS_DOES_NOT_ALLOW,
    },
    {
      what: 'the start lies within 30 s behind',
      given: reserved,
      ...prepare(-30_001n),
      then: codes.WINDOW_START_INVALID,
    },
    {
      what: 'the start lies before the promised delivery',
      given: reserved,
      ...prepare(10_001n),
      then: codes.WINDOW_START_INVALID,
    },
    {
      what: 'a descriptor is there',
      given: reserved,
      ...prepare(0n, { descriptor: new Uint8Array(0) }),
      then: codes.DESCRIPTOR_INVALID,
    },
    {
      what: 'a descriptor has 1 KiB',
      given: reserved,
      ...prepare(0n, { descriptor: filled(1, 1_025) }),
      then: codes.DESCRIPTOR_INVALID,
    },
    {
      what: 'a customer asks for another seal',
      given: active,
      ...act(CUSTOMER, 'RequestReissue', { encryptionKey: filled(4) }),
      then: ['ReissueRequested'],
    },
    {
      what: 'a provider asks for none',
      given: active,
      ...act(PROVIDER, 'RequestReissue', { encryptionKey: filled(4) }),
      then: codes.NOT_A_PARTY,
    },
    {
      what: 'before delivery nothing is issued again',
      given: reserved,
      ...act(CUSTOMER, 'RequestReissue', { encryptionKey: filled(4) }),
      then: codes.STATUS_DOES_NOT_ALLOW,
    },
    {
      what: 'another seal needs a sound key',
      given: active,
      ...act(CUSTOMER, 'RequestReissue', { encryptionKey: filled(0) }),
      then: codes.ENCRYPTION_KEY_INVALID,
    },
    {
      what: 'the agent issues again',
      given: reissuing,
      ...act(PROVIDER, 'Reissue', { issue: 2n, descriptor }, AGENT_KEY),
      then: ['DescriptorReissued'],
    },
    {
      what: 'nobody asked, nothing is issued',
      given: active,
      ...act(PROVIDER, 'Reissue', { issue: 2n, descriptor }),
      then: codes.STATUS_DOES_NOT_ALLOW,
    },
    {
      what: 'a customer issues nothing',
      given: reissuing,
      ...act(CUSTOMER, 'Reissue', { issue: 2n, descriptor }),
      then: codes.NOT_A_PARTY,
    },
    {
      what: 'issues are numbered',
      given: reissuing,
      ...act(PROVIDER, 'Reissue', { issue: 3n, descriptor }),
      then: codes.ISSUE_MISMATCH,
    },
    {
      what: 'an issue has its descriptor',
      given: reissuing,
      ...act(PROVIDER, 'Reissue', { issue: 2n, descriptor: new Uint8Array(0) }),
      then: codes.DESCRIPTOR_INVALID,
    },
    {
      what: 'before delivery a customer leaves without cost',
      given: reserved,
      ...end(CUSTOMER, 'no-longer-needed'),
      then: REFUNDED,
    },
    { what: 'before delivery a provider withdraws', given: reserved, ...end(PROVIDER, 'withdrawn'), then: REFUNDED },
    { what: 'a stranger ends nothing', given: active, ...end(STRANGER, 'done'), then: codes.NOT_A_PARTY },
    { what: 'a reason belongs to its party', given: active, ...end(CUSTOMER, 'misuse'), then: codes.REASON_INVALID },
    {
      what: 'nobody gives the reasons of time',
      given: active,
      ...end(PROVIDER, 'time-up'),
      then: codes.REASON_INVALID,
    },
    {
      what: 'what is settled is over',
      given: () => {
        const ledger = active();
        ledger.wait(2n * HOUR_MS);
        return ledger;
      },
      ...end(CUSTOMER, 'done'),
      then: codes.STATUS_DOES_NOT_ALLOW,
    },
  ]);

  test('what is not delivered in time is refunded whole, by itself [8.2.2-a]', () => {
    const ledger = reserved();
    expect(readBalance(ledger.state, CUSTOMER)).toEqual({
      balanceMicro: 96_400_000n,
      heldMicro: 3_600_000n,
      holds: 1n,
    });
    expect(ledger.wait(10_000n).map((event) => event.type)).toEqual(REFUNDED);
    expect(readBalance(ledger.state, CUSTOMER)).toEqual({ balanceMicro: 100_000_000n, heldMicro: 0n, holds: 0n });
    expect(readAgreement(ledger.state, 1n)).toMatchObject({ status: 'settled', endReason: 'not-delivered' });
    expect(readHistory(ledger.state, PROVIDER)).toEqual({ completed: 0n, broken: 1n });
    expect(readHistory(ledger.state, CUSTOMER)).toEqual({ completed: 0n, broken: 0n });
    expect(ledger.waiting).toEqual([]);
  });

  test('the window ends by itself and every step names from and to [8.2.2-a] [8.2.2-b] [I.2-6]', () => {
    const ledger = reserved();
    ledger.run(PROVIDER, 'Prepare', prepareArgs(ledger.nowMs + 5_000n));
    const events = ledger.wait(2n * HOUR_MS);
    expect(events.map((event) => event.type)).toEqual([
      'AgreementActivated',
      ...ENDED,
      'HoldSettled',
      'AgreementSettled',
    ]);
    expect(events[1]).toMatchObject({ from: 'active', to: 'completed', by: 0n, reason: 'time-up' });
    expect(readHistory(ledger.state, CUSTOMER)).toEqual({ completed: 1n, broken: 0n });
    expect(readHistory(ledger.state, PROVIDER)).toEqual({ completed: 1n, broken: 0n });
  });

  test.each([
    [CUSTOMER, 'done', 'completed', { customer: 0n, provider: 0n }],
    [CUSTOMER, 'no-longer-needed', 'terminated', { customer: 0n, provider: 0n }],
    [CUSTOMER, 'not-as-described', 'terminated', { customer: 0n, provider: 1n }],
    [PROVIDER, 'used-up', 'completed', { customer: 0n, provider: 0n }],
    [PROVIDER, 'misuse', 'terminated', { customer: 1n, provider: 0n }],
    [PROVIDER, 'withdrawn', 'terminated', { customer: 0n, provider: 1n }],
  ])('account %s ending with %s leaves it %s, broken %o', (who, reason, status, broken) => {
    const ledger = active();
    ledger.wait(60_000n);
    expect(ledger.run(who, 'EndAgreement', { agreement: 1n, reason }).events.map((event) => event.type)).toEqual(ENDED);
    expect(readAgreement(ledger.state, 1n)).toMatchObject({
      status,
      endReason: reason,
      settleAtMs: ledger.nowMs + 5_000n,
    });
    expect(readHistory(ledger.state, CUSTOMER).broken).toBe(broken.customer);
    expect(readHistory(ledger.state, PROVIDER).broken).toBe(broken.provider);
    expect(ledger.waiting.map((item) => item.kind)).toEqual(['settle']);
  });

  test('a new descriptor is sealed to the key that was asked for and outdates the one before', () => {
    const ledger = reissuing();
    const { events } = ledger.run(PROVIDER, 'Reissue', { agreement: 1n, issue: 2n, descriptor });
    expect(events[0]).toMatchObject({ issue: 2n, encryptionKey: filled(4) });
    expect(readAgreement(ledger.state, 1n)).toMatchObject({ issue: 2n, isReissuePending: false });
    expect(ledger.run(PROVIDER, 'Reissue', { agreement: 1n, issue: 3n, descriptor }).code).toBe(
      codes.STATUS_DOES_NOT_ALLOW,
    );
  });

  test('a refused application takes nothing and names who asked for what [I.2-5] [8.2.2-b]', () => {
    const ledger = published();
    const refused = ledger.run(CUSTOMER, 'Apply', applyArgs({ durationMs: 6n * HOUR_MS, holdMicro: 21_600_000n }));
    expect(refused).toMatchObject({ code: 0, data: { refused: 1n } });
    expect(refused.events[0]).toMatchObject({
      ...{ customer: CUSTOMER, provider: PROVIDER, resource: 1n, strategyVersion: 1n, durationMs: 6n * HOUR_MS },
      failed: [{ sentence: 'use must be at most 2 hours', values: [{ name: 'use.durationMs', value: '21600000' }] }],
    });
    expect(readBalance(ledger.state, CUSTOMER).heldMicro).toBe(0n);
    expect(ledger.waiting).toEqual([]);
  });

  test.each([
    ['use', 700n, 700n],
    ['hour', 1_000_000n, 1_000_000n],
    ['hour', 1n, 1n],
    ['megabyte', 3n, 3n],
    ['megabyte', 0n, 0n],
  ])('the hold of a price per %s of %s is %s', (unit, amountMicro, holdMicro) => {
    const ledger = new TestLedger().publish({ price: { unit, amountMicro } });
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs({ holdMicro: holdMicro + 1n })).code).toBe(codes.HOLD_MISMATCH);
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs({ holdMicro })).code).toBe(0);
  });

  test('a thousand applications for one place make one reservation', () => {
    const ledger = new TestLedger().publish({ simultaneousMax: 1n });
    const outcomes = Array.from({ length: 1_000 }, () => ledger.run(CUSTOMER, 'Apply', applyArgs()).code);
    expect(outcomes.filter((code) => code === 0)).toHaveLength(1);
    expect(new Set(outcomes.slice(1))).toEqual(new Set([codes.NO_CAPACITY]));
  });

  test('a strategy may ask for history: the first completed order opens the next door', () => {
    const ledger = new TestLedger().activate();
    const conditions = [{ rule: 'applicant.completedOrders >= 1', sentence: 'applicant must have completed an order' }];
    ledger.run(PROVIDER, 'ReviseStrategy', { resource: 1n, strategy: strategy({ conditions }) } as Args);
    const again = applyArgs({ strategyVersion: 2n });
    expect(ledger.run(CUSTOMER, 'Apply', again).data).toEqual({ refused: 1n });
    ledger.run(CUSTOMER, 'EndAgreement', { agreement: 1n, reason: 'done' });
    ledger.wait(1n);
    expect(ledger.run(CUSTOMER, 'Apply', again).data).toEqual({ refused: 2n });
    ledger.run(PROVIDER, 'ReviseStrategy', { resource: 1n, strategy: strategy() } as Args);
    ledger.run(CUSTOMER, 'Apply', applyArgs({ strategyVersion: 3n }));
    ledger.run(PROVIDER, 'Prepare', { ...prepareArgs(ledger.nowMs), agreement: 2n });
    ledger.wait(HOUR_MS);
    ledger.run(PROVIDER, 'ReviseStrategy', { resource: 1n, strategy: strategy({ conditions }) } as Args);
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs({ strategyVersion: 4n })).data).toEqual({ agreement: 3n });
  });
});
