import { describe } from 'vitest';
import type { ContractEvent } from '#ledger/contracts/definitions.ts';
import { relayTerms, relayWaysTerms } from '#ledger/contracts/kinds/connection.ts';
import { computerTerms, computingWaysTerms } from '#ledger/contracts/kinds/computing.ts';
import { storeTerms, storeWaysTerms } from '#ledger/contracts/kinds/storage.ts';
import type { StrategyArgs } from '#ledger/contracts/strategy/definition.ts';
import { runCases, type Case } from '#ledger/contracts/testing/cases.ts';
import {
  HOUR_MS,
  amountsOfUse,
  filled,
  perUse,
  places,
  quantities,
  strategy,
  terms,
} from '#ledger/contracts/testing/samples.ts';
import { storingRules } from '#ledger/contracts/testing/storing-rules.ts';
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
import type { Args } from '#ledger/core/typed-data.ts';
import { agreementCodes as codes } from './definition.ts';

const [STRANGER] = NODES;
const published = () => new TestLedger().publish();
const reserved = () => new TestLedger().reserve();
const active = () => new TestLedger().activate();
const reissuing = () => {
  const ledger = active();
  ledger.run(CUSTOMER, 'RequestReissue', { agreement: 1n, encryptionKey: filled(4) });
  return ledger;
};
/** Agreement 1 of a resource whose uses store something for an hour: ended, `afterMs` ago. */
const stored = (afterMs: bigint) => () => {
  const ledger = new TestLedger({}, storingRules({ resource: 1n, graceMs: HOUR_MS })).activate();
  ledger.wait(HOUR_MS + afterMs);
  return ledger;
};
/** Agreement 2 took over what agreement 1 stored. */
const continued = () => {
  const ledger = stored(0n)();
  ledger.run(CUSTOMER, 'Apply', applyArgs({ continues: 1n }));
  return ledger;
};
const act = (who: bigint, method: string, args: Args, key = 0n): Pick<Case, 'when'> => ({
  when: (ledger) => ledger.run(who, method, { agreement: 1n, ...args }, { key }),
});
const apply = (fields: Args = {}, who: bigint = CUSTOMER): Pick<Case, 'when'> => ({
  when: (ledger) => ledger.run(who, 'Apply', applyArgs(fields)),
});
const ROOM = 1_000_000_000n;
const CALLS = { bytes: 1n, bytesIn: 1n, calls: 1n };
/** Resource 1 is a store. */
const stocked = () => {
  const ledger = new TestLedger();
  ledger.authorizeAgent();
  const args = {
    kind: 'storage',
    attributes: storeTerms({ bytes: ROOM, region: 'interpool' }),
    capacity: quantities({ storedBytes: ROOM }),
    strategy: strategy({
      ways: storeWaysTerms(HOUR_MS),
      limits: quantities(CALLS),
      prices: [{ meter: 'storedBytes', per: ROOM, perMs: HOUR_MS, amountMicro: 1_000n }],
      promise: [],
      degradedPerMille: 0n,
    }),
  };
  ledger.run(PROVIDER, 'PublishResource', ledger.publishArgs(args));
  return ledger;
};
/** All of its room, for an hour. */
const fill = apply({ choices: [], amounts: quantities({ ...CALLS, storedBytes: ROOM }), holdMicro: 1_000n });
const RUNS = { bytes: 1_000n, calls: 10n, cpuMs: 1_000n, runs: 10n };
/** A machine with four slots and 64 MiB, and what a customer takes of them for an hour. */
const machine = () => {
  const ledger = new TestLedger();
  ledger.authorizeAgent();
  const room = { slots: 4n, memoryMiB: 64n };
  const place = { place: '47.6,-122.3', region: 'US-WA', zone: 'Seattle 1' };
  const args = {
    kind: 'computing',
    attributes: computerTerms({
      architecture: 'x64',
      cores: 2n,
      isolation: 'bubblewrap',
      roundTripMs: 12n,
      score: 500n,
      sealingKey: 'ab'.repeat(32),
      ...place,
      ...room,
    }),
    capacity: quantities(room),
    strategy: strategy({
      ways: computingWaysTerms(10_000n),
      limits: quantities(RUNS),
      prices: [{ meter: 'slots', per: 1n, perMs: HOUR_MS, amountMicro: 1_000n }],
      promise: [],
      degradedPerMille: 0n,
    }),
  };
  ledger.run(PROVIDER, 'PublishResource', ledger.publishArgs(args));
  return ledger;
};
const take = (slots: bigint, memoryMiB: bigint) =>
  apply({ choices: [], amounts: quantities({ ...RUNS, slots, memoryMiB }), holdMicro: slots * 1_000n });
const taken = (slots: bigint, memoryMiB: bigint) => () => {
  const ledger = machine();
  take(slots, memoryMiB).when(ledger);
  return ledger;
};
const PASSED = { bytes: 1_000n, bytesIn: 1_000n };
/** A relay with four connections and a rate of 100 bytes a second each way, of which a customer takes a part for an hour. */
const lined = (held: Lined) => () => {
  const ledger = new TestLedger();
  ledger.authorizeAgent();
  const capacity = { connections: 4n, downBytesPerS: 100n, upBytesPerS: 100n };
  const measured = { probeBytesPerS: 90n, roundTripMs: 5n };
  const args = {
    kind: 'connection',
    attributes: relayTerms({ ...capacity, ...measured, ports: '443', region: 'US-WA' }),
    capacity: quantities(capacity),
    strategy: strategy({
      ways: relayWaysTerms('443'),
      limits: quantities(PASSED),
      prices: [{ meter: 'connections', per: 1n, perMs: HOUR_MS, amountMicro: 1_000n }],
      promise: [],
      degradedPerMille: 0n,
    }),
  };
  ledger.run(PROVIDER, 'PublishResource', ledger.publishArgs(args));
  hold(held).when(ledger);
  return ledger;
};
interface Lined {
  readonly connections: bigint;
  readonly downBytesPerS: bigint;
  readonly upBytesPerS: bigint;
}
const hold = (held: Lined) =>
  apply({ choices: [], amounts: quantities({ ...PASSED, ...held }), holdMicro: held.connections * 1_000n });
const prepare = (offsetMs: bigint, args: Args = {}): Pick<Case, 'when'> => ({
  when: (ledger) =>
    ledger.run(PROVIDER, 'Prepare', { ...prepareArgs(ledger.nowMs + offsetMs), ...args }, { key: AGENT_KEY }),
});
const end = (who: bigint, reason: string, key = 0n) => act(who, 'EndAgreement', { reason }, key);
/** Agreement 1 on resource 1, with resource 2 of these terms as its backup. */
const withBackup = (terms: Partial<StrategyArgs>) => {
  const ledger = published();
  ledger.publishAnother('second', terms);
  ledger.run(CUSTOMER, 'PlaceOrder', orderArgs([part({ backup: [backup()] })]));
  return ledger;
};
/** The code that says why a backup could not take the failed part's place, as the outcome of a command. */
const unavailable = (events: readonly ContractEvent[]): Outcome => {
  const event = events.find((each) => each.type === 'BackupUnavailable');
  return { code: event === undefined ? 0 : Number(event.code), events: [] };
};
const afterItsFailure = (ledger: TestLedger): Outcome => unavailable(ledger.wait(10_000n));
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
      what: 'what a suspended node serves is not to be had [8.5.1-f]',
      given: () => published().suspendAgent(),
      ...apply(),
      then: codes.NODE_SUSPENDED,
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
      ...apply({ choices: terms({ format: 'xlsx' }) }),
      then: codes.CHOICE_INVALID,
    },
    ...(
      [
        ['is missing', []],
        ['has a name that the kind lacks', terms({ colour: 'red', format: 'csv' })],
        ['stands twice', [...terms({ format: 'csv' }), ...terms({ format: 'csv' })]],
        ['holds a control character', terms({ format: 'csv\u0000' })],
        ['is larger than terms may be', terms({ format: 'csv', note: 'a'.repeat(8_192) })],
        ['has an inherited name', terms({ constructor: 'csv' })],
      ] as const
    ).map(([what, choices]): Case => ({
      what: `no choice ${what}`,
      given: published,
      ...apply({ choices: [...choices] }),
      then: codes.CHOICE_INVALID,
    })),
    {
      what: 'a format the strategy leaves out is a named refusal',
      given: published,
      ...apply({ choices: terms({ format: 'parquet' }) }),
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
    ...(
      [
        ['calls are allowed for', amountsOfUse({ calls: 0n })],
        ['bytes are allowed for', amountsOfUse({ bytes: 0n })],
        ['a place is asked for', amountsOfUse({ places: 0n })],
        ['a use of data takes one place', amountsOfUse({ places: 2n })],
        ['calls have their bound', amountsOfUse({ calls: 1_000_000_001n })],
        ['bytes have their bound', amountsOfUse({ bytes: (1n << 44n) + 1n })],
        ['every meter is asked for', quantities({ bytes: 1n, calls: 1n })],
        ['no meter is asked for that the kind does not limit', amountsOfUse({ rows: 1n })],
        ['no meter is asked for that the kind lacks', amountsOfUse({ seats: 1n })],
        ['no inherited name is asked for', amountsOfUse({ constructor: 1n })],
        ['no meter is asked for twice', [...amountsOfUse(), ...places(1n)]],
        ['amounts stand in the order of their meters', amountsOfUse().reverse()],
      ] as const
    ).map(([what, amounts]): Case => ({
      what,
      given: published,
      ...apply({ amounts: [...amounts] }),
      then: codes.ALLOWANCE_INVALID,
    })),
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
      given: () => new TestLedger().reserve({}, {}, places(1n)),
      ...apply(),
      then: codes.NO_CAPACITY,
    },
    {
      what: 'room for storage is taken once',
      given: () => {
        const ledger = stocked();
        fill.when(ledger);
        return ledger;
      },
      ...fill,
      then: codes.NO_ROOM,
    },
    {
      what: 'slots of a machine are taken once, while memory is left',
      given: taken(3n, 16n),
      ...take(2n, 16n),
      then: codes.NO_SLOT,
    },
    {
      what: 'memory of a machine is taken once, while slots are left',
      given: taken(1n, 60n),
      ...take(1n, 8n),
      then: codes.NO_MEMORY,
    },
    {
      what: 'connections of a relay are taken once, while rates are left',
      given: lined({ connections: 3n, downBytesPerS: 1n, upBytesPerS: 1n }),
      ...hold({ connections: 2n, downBytesPerS: 1n, upBytesPerS: 1n }),
      then: codes.NO_CONNECTION,
    },
    {
      what: 'the rate of a relay to its customers is taken once',
      given: lined({ connections: 1n, downBytesPerS: 60n, upBytesPerS: 1n }),
      ...hold({ connections: 1n, downBytesPerS: 41n, upBytesPerS: 1n }),
      then: codes.NO_RATE_DOWN,
    },
    {
      what: 'the rate of a relay from its customers is taken once',
      given: lined({ connections: 1n, downBytesPerS: 1n, upBytesPerS: 60n }),
      ...hold({ connections: 1n, downBytesPerS: 1n, upBytesPerS: 41n }),
      then: codes.NO_RATE_UP,
    },
    {
      what: 'each slot of a machine has memory enough for a program',
      given: machine,
      ...take(4n, 8n),
      then: codes.ALLOWANCE_INVALID,
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
      what: 'a customer whose credit is too low has one order at a time [8.5.1-c]',
      given: () => new TestLedger().reserve().refuse(CUSTOMER, 'orders'),
      ...apply(),
      then: codes.CREDIT_TOO_LOW,
    },
    {
      what: 'and has that one [8.5.1-c]',
      given: () => new TestLedger().publish().refuse(CUSTOMER, 'orders'),
      ...apply(),
      then: ['AgreementReserved', 'CapacityChanged', 'TokensHeld'],
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
        const expiresAtMs = ledger.nowMs + 1n;
        ledger.run(CUSTOMER, 'AuthorizeKey', { ...ledger.keyOffer(88, CUSTOMER), ...scope, expiresAtMs });
        return ledger;
      },
      when: (ledger) => ledger.run(CUSTOMER, 'Apply', applyArgs(), { key: 1n }),
      then: codes.SPENDING_CAP_EXCEEDED,
    },
    {
      what: 'an order has parts',
      given: published,
      when: (ledger) => ledger.run(CUSTOMER, 'PlaceOrder', orderArgs([])),
      then: codes.PARTS_INVALID,
    },
    {
      what: 'a backup that would not admit the customer fails the order: no money is held for what cannot come',
      given: () => {
        const ledger = published();
        ledger.publishAnother('second', {
          conditions: [{ rule: 'applicant.completedOrders >= 1', sentence: 'applicant must have completed an order' }],
        });
        return ledger;
      },
      when: (ledger) => ledger.run(CUSTOMER, 'PlaceOrder', orderArgs([part({ backup: [backup()] })])),
      then: codes.CONDITIONS_NOT_MET,
    },
    {
      what: 'a backup that no longer admits the customer is named so',
      given: () =>
        withBackup({ conditions: [{ rule: 'nowMs < 1764000005000', sentence: 'until five seconds later' }] }),
      when: afterItsFailure,
      then: codes.CONDITIONS_NOT_MET,
    },
    {
      what: 'a backup that costs more than is left is named so',
      given: () => withBackup({ prices: [perUse(3_600_000n)] }),
      when: (ledger) => {
        ledger.run(PROVIDER, 'Prepare', prepareArgs(ledger.nowMs));
        ledger.wait(HOUR_MS / 2n);
        return unavailable(ledger.run(PROVIDER, 'EndAgreement', { agreement: 1n, reason: 'withdrawn' }).events);
      },
      then: codes.HOLD_TOO_LOW,
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
      what: 'what an order stored is erased when its grace time is over',
      given: stored(HOUR_MS),
      ...act(PROVIDER, 'ReportErasure', {}, AGENT_KEY),
      then: ['ErasureReported', 'CapacityChanged'],
    },
    {
      what: 'nothing is erased before',
      given: stored(HOUR_MS - 1n),
      ...act(PROVIDER, 'ReportErasure', {}),
      then: codes.GRACE_NOT_OVER,
    },
    {
      what: 'a customer reports no erasure',
      given: stored(HOUR_MS),
      ...act(CUSTOMER, 'ReportErasure', {}),
      then: codes.NOT_A_PARTY,
    },
    {
      what: 'an order continues another, ended within its grace time, in its room',
      given: stored(HOUR_MS - 1n),
      ...apply({ continues: 1n }),
      then: ['AgreementReserved', 'AgreementContinued', 'CapacityChanged', 'TokensHeld'],
    },
    {
      what: 'nobody continues an order that is not there',
      given: stored(0n),
      ...apply({ continues: 9n }),
      then: codes.CONTINUES_UNKNOWN,
    },
    {
      what: 'somebody else’s order is as unknown',
      given: stored(0n),
      ...apply({ continues: 1n }, STRANGER),
      then: codes.CONTINUES_UNKNOWN,
    },
    {
      what: 'an order of another resource is not continued',
      given: () => {
        const ledger = stored(0n)();
        ledger.publishAnother('second');
        return ledger;
      },
      ...apply({ resource: 2n, continues: 1n }),
      then: codes.CONTINUES_ANOTHER_RESOURCE,
    },
    {
      what: 'an order is continued once',
      given: continued,
      ...apply({ continues: 1n }),
      then: codes.CONTINUED_ALREADY,
    },
    {
      what: 'what another order took over is not erased',
      given: () => {
        const ledger = continued();
        ledger.lag(HOUR_MS);
        return ledger;
      },
      ...act(PROVIDER, 'ReportErasure', {}),
      then: codes.CONTINUED_ALREADY,
    },
    {
      what: 'an order of a kind that stores nothing is not continued',
      given: active,
      ...apply({ continues: 1n }),
      then: codes.NOTHING_STORED,
    },
    {
      what: 'an order whose window has not begun stores nothing yet',
      given: () => new TestLedger({}, storingRules({ resource: 1n, graceMs: HOUR_MS })).activate(),
      ...apply({ continues: 1n }),
      then: codes.NOTHING_STORED,
    },
    {
      what: 'what is stored needs as much room as before',
      given: () => {
        const ledger = new TestLedger({}, storingRules({ resource: 1n, graceMs: HOUR_MS }));
        ledger.activate({}, { amounts: amountsOfUse({ places: 2n }), holdMicro: 7_200_000n });
        ledger.wait(HOUR_MS);
        return ledger;
      },
      ...apply({ continues: 1n }),
      then: codes.ROOM_TOO_SMALL,
    },
    {
      what: 'after the grace time, when all may be erased already, nothing is continued',
      given: stored(HOUR_MS),
      ...apply({ continues: 1n }),
      then: codes.GRACE_OVER,
    },
    {
      what: 'it is erased once',
      given: () => {
        const ledger = stored(HOUR_MS)();
        ledger.run(PROVIDER, 'ReportErasure', { agreement: 1n });
        return ledger;
      },
      ...act(PROVIDER, 'ReportErasure', {}),
      then: codes.ERASED_ALREADY,
    },
    {
      what: 'while an order runs nothing is erased',
      given: () => new TestLedger({}, storingRules({ resource: 1n, graceMs: 0n })).activate(),
      ...act(PROVIDER, 'ReportErasure', {}),
      then: codes.STATUS_DOES_NOT_ALLOW,
    },
    {
      what: 'a kind that stores nothing has nothing to erase',
      given: () => {
        const ledger = active();
        ledger.wait(2n * HOUR_MS);
        return ledger;
      },
      ...act(PROVIDER, 'ReportErasure', {}),
      then: codes.STATUS_DOES_NOT_ALLOW,
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
});
