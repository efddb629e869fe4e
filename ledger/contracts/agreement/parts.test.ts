import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { HOUR_MS, amountsOfUse, filled, places, terms } from '#ledger/contracts/testing/samples.ts';
import {
  CUSTOMER,
  NODES,
  PROVIDER,
  TestLedger,
  applyArgs,
  backup,
  orderArgs,
  part,
  type Outcome,
} from '#ledger/contracts/testing/test-ledger.ts';
import { readBalance } from '#ledger/contracts/token/contract.ts';
import { agreementCodes as codes } from './definition.ts';
import { agreementTables, readAgreement, readCounters, type AgreementRecord } from './record.ts';

const [STRANGER] = NODES;
const types = ({ events }: Pick<Outcome, 'events'>) => events.map((event) => event.type);
const order = (ledger: TestLedger, ...parts: Struct<'Part'>[]): Outcome =>
  ledger.run(CUSTOMER, 'PlaceOrder', orderArgs(parts));
/** Resources 1 and 2 of two places each; 3 admits a minute at most. */
const offered = (): TestLedger => {
  const ledger = new TestLedger().publish();
  ledger.publishAnother('second');
  const conditions = [{ rule: 'use.durationMs <= 60000', sentence: 'use must be at most a minute' }];
  ledger.publishAnother('third', { conditions });
  return ledger;
};
const RESERVED = ['AgreementReserved', 'CapacityChanged', 'TokensHeld'];

describe('an order of several parts', () => {
  test('is all parts in one transaction, numbered from 1, each with a hold of its own [7.2.2-b] [I.2-4] [I.2-5]', () => {
    const ledger = offered();
    const placed = order(ledger, part(), part({ resource: 2n, durationMs: 2n * HOUR_MS, holdMicro: 7_200_000n }));
    expect(placed).toMatchObject({ code: 0, data: { agreement: 1n } });
    expect(types(placed)).toEqual([...RESERVED, ...RESERVED]);
    expect(readAgreement(ledger.state, 1n)).toMatchObject({ order: 1n, part: 1n, replaces: 0n, nextPart: 3n });
    expect(readAgreement(ledger.state, 2n)).toMatchObject({ order: 1n, part: 2n, replaces: 0n, nextPart: 0n });
    expect(readBalance(ledger.state, CUSTOMER)).toEqual({
      balanceMicro: 89_200_000n,
      heldMicro: 10_800_000n,
      holds: 2n,
    });
    expect(ledger.waiting.map(({ kind, subject }) => `${kind}/${subject}`)).toEqual(['prepare-by/1', 'prepare-by/2']);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('of one part is what an application is', () => {
    const ledger = offered();
    const applied = ledger.fork();
    expect(order(ledger, part()).events).toEqual(applied.run(CUSTOMER, 'Apply', applyArgs()).events);
    expect(ledger.state.bytes()).toEqual(applied.state.bytes());
  });

  test('may take one resource several times, as long as there are places', () => {
    expect(order(offered(), part(), part()).code).toBe(0);
    expect(order(offered(), part(), part(), part()).code).toBe(codes.NO_CAPACITY);
  });

  test('goes on as several agreements: one ends and is settled, the others stay as they are', () => {
    const ledger = offered();
    order(ledger, part(), part({ resource: 2n }));
    ledger.run(CUSTOMER, 'EndAgreement', { agreement: 1n, reason: 'no-longer-needed' });
    expect(readAgreement(ledger.state, 1n)?.status).toBe('settled');
    expect(readAgreement(ledger.state, 2n)?.status).toBe('reserved');
    expect(readBalance(ledger.state, CUSTOMER).heldMicro).toBe(3_600_000n);
  });

  test('whose one part the conditions refuse takes nothing for any part, and records only what was refused [I.2-5]', () => {
    const ledger = offered();
    const before = ledger.state.copy();
    const refused = order(ledger, part(), part({ resource: 3n }), part({ resource: 2n }));
    expect(refused).toMatchObject({ code: 0, data: { refused: 1n } });
    expect(types(refused)).toEqual(['ApplicationRefused']);
    expect(refused.events[0]).toMatchObject({ application: 1n, resource: 3n, customer: CUSTOMER });
    expect(ledger.waiting).toEqual([]);
    const counters = { ...readCounters(before), nextApplication: 2n };
    before.write(agreementTables.counters, 0n, counters);
    expect(ledger.state.bytes()).toEqual(before.bytes());
  });

  test('names every refused part as an application with a number of its own', () => {
    const ledger = offered();
    const refused = order(
      ledger,
      part({ resource: 3n }),
      part(),
      part({ resource: 3n, durationMs: 2n * HOUR_MS, holdMicro: 7_200_000n }),
    );
    expect(refused.events.map((event) => 'application' in event && event.application)).toEqual([1n, 2n]);
    expect(readCounters(ledger.state).nextApplication).toBe(3n);
  });

  const badParts: [string, Struct<'Part'>[], bigint?][] = [
    ['without parts', []],
    ['of seventeen parts', Array.from({ length: 17 }, () => part())],
    ['whose sum is less than its parts', [part(), part()], 7_199_999n],
    ['whose sum is more than its parts', [part()], 3_600_001n],
    ['whose sum has gone around 2^64', Array.from({ length: 4 }, () => part({ holdMicro: 1n << 62n })), 0n],
    ['of a part with two backups', [part({ backup: [backup(), backup({ resource: 3n })] })]],
    ['of a part that is its own backup', [part({ backup: [backup({ resource: 1n })] })]],
    ['whose last part is its own backup', [part(), part({ resource: 2n, backup: [backup()] })]],
  ];
  test.each(badParts)('%s is none (525)', (_what, parts, holdMicro) => {
    const args = orderArgs(parts, holdMicro === undefined ? {} : { holdMicro });
    expect(offered().run(CUSTOMER, 'PlaceOrder', args).code).toBe(codes.PARTS_INVALID);
  });

  const faults: [string, Struct<'Part'>, number][] = [
    ['of an unknown resource', part({ resource: 9n }), codes.RESOURCE_UNKNOWN],
    ['of another provider', part({ provider: STRANGER }), codes.PROVIDER_MISMATCH],
    ['of another version', part({ strategyVersion: 2n }), codes.STRATEGY_CHANGED],
    ['without its choice', part({ choices: [] }), codes.CHOICE_INVALID],
    ['of no time', part({ durationMs: 0n }), codes.DURATION_INVALID],
    ['of an unknown meter', part({ amounts: amountsOfUse({ seats: 1n }) }), codes.ALLOWANCE_INVALID],
    ['with another hold than its price', part({ holdMicro: 3_600_001n }), codes.HOLD_MISMATCH],
    ['whose backup is unknown', part({ backup: [backup({ resource: 9n })] }), codes.RESOURCE_UNKNOWN],
    ['whose backup is of another version', part({ backup: [backup({ strategyVersion: 7n })] }), codes.STRATEGY_CHANGED],
    [
      'whose backup has another choice',
      part({ backup: [backup({ choices: terms({ format: 'x' }) })] }),
      codes.CHOICE_INVALID,
    ],
    ['whose backup asks for no place', part({ backup: [backup({ amounts: [] })] }), codes.ALLOWANCE_INVALID],
    [
      'whose backup has another hold than its price',
      part({ backup: [backup({ holdMicro: 1n })] }),
      codes.HOLD_MISMATCH,
    ],
  ];
  test.each(faults)('is refused for its last part %s, and takes nothing', (_what, bad, code) => {
    const ledger = offered();
    const before = ledger.state.bytes();
    expect(order(ledger, part({ resource: 2n }), bad).code).toBe(code);
    expect(ledger.state.bytes()).toEqual(before);
  });

  test('holds the dearer of a part and its backup', () => {
    const dear = () => {
      const ledger = new TestLedger().publish();
      ledger.publishAnother('dear', {
        prices: [{ meter: 'places', per: 1n, perMs: HOUR_MS, amountMicro: 9_000_000n }],
      });
      return ledger;
    };
    const backups = [backup({ holdMicro: 9_000_000n })];
    expect(order(dear(), part({ backup: backups })).code).toBe(codes.HOLD_MISMATCH);
    const ledger = dear();
    expect(order(ledger, part({ backup: backups, holdMicro: 9_000_000n })).code).toBe(0);
    expect(readBalance(ledger.state, CUSTOMER).heldMicro).toBe(9_000_000n);
  });

  test('is the customer’s alone to place, with a key that can be sealed to', () => {
    const own = offered();
    expect(own.run(PROVIDER, 'PlaceOrder', orderArgs([part()])).code).toBe(codes.OWN_RESOURCE);
    const unsealed = orderArgs([part()], { encryptionKey: filled(0) });
    expect(own.run(CUSTOMER, 'PlaceOrder', unsealed).code).toBe(codes.ENCRYPTION_KEY_INVALID);
    expect(own.run(CUSTOMER, 'PlaceOrder', orderArgs([part()], { purpose: 'fun' })).code).toBe(codes.PURPOSE_UNKNOWN);
  });
});

/** Parts of an order on three resources; the third admits a minute at most, so some orders are refused by its conditions. */
const anyPart = fc
  .record({ resource: fc.constantFrom(1n, 1n, 2n, 2n, 3n), minutes: fc.constantFrom(1n, 1n, 1n, 1n, 30n, 60n) })
  .map(({ resource, minutes }) => {
    const durationMs = minutes * 60_000n;
    return part({ resource, durationMs, holdMicro: durationMs });
  });
const anyStart = fc.record({
  parts: fc.array(anyPart, { minLength: 1, maxLength: 10 }),
  capacities: fc.tuple(fc.bigInt(1n, 6n), fc.bigInt(1n, 6n), fc.bigInt(1n, 6n)),
  /** What the customer has left, and what the key may spend. */
  freeMicro: fc.bigInt(0n, 12_000_000n),
  capMicro: fc.bigInt(0n, 12_000_000n),
  openMax: fc.bigInt(1n, 12n),
  usesKey: fc.boolean(),
});

/** One ledger with three resources, published once and copied: signatures cost more than everything else here. */
const template = (() => {
  const ledger = new TestLedger().publish({}, places(6n));
  ledger.publishAnother('second', {}, places(6n));
  const conditions = [{ rule: 'use.durationMs <= 60000', sentence: 'use must be at most a minute' }];
  ledger.publishAnother('third', { conditions }, places(6n));
  return ledger;
})();

function start(of: {
  capacities: readonly bigint[];
  freeMicro: bigint;
  capMicro: bigint;
  openMax: bigint;
}): TestLedger {
  const ledger = template.fork();
  of.capacities.forEach((capacity, index) => {
    const id = BigInt(index + 1);
    const listing = ledger.state.read({ contract: 3, table: 2 }, id) as Record<string, never>;
    ledger.state.write({ contract: 3, table: 2 }, id, { ...listing, capacity: places(capacity) });
  });
  ledger.setParameter('openAgreementsMax', of.openMax);
  const spender = { label: 'buyer', methods: ['PlaceOrder', 'Apply'], resources: [], spendingCapMicro: of.capMicro };
  const expiresAtMs = ledger.nowMs + HOUR_MS;
  ledger.run(CUSTOMER, 'AuthorizeKey', { ...SPENDER, ...spender, expiresAtMs });
  const rest = readBalance(ledger.state, CUSTOMER).balanceMicro - of.freeMicro;
  ledger.run(CUSTOMER, 'Transfer', { to: STRANGER, amountMicro: rest });
  return ledger;
}
const SPENDER = template.keyOffer(88, CUSTOMER);

/** The state with every agreement's place in its order taken out: what several applications leave as well. */
function withoutOrders(ledger: TestLedger): Uint8Array {
  const state = ledger.state.copy();
  for (const [id, record] of state.scan(agreementTables.agreements)) {
    const { order: _order, part: _part, nextPart: _next, ...rest } = record;
    state.write(agreementTables.agreements, id, rest as AgreementRecord);
  }
  return state.bytes();
}

describe('an order is all or nothing', () => {
  test('ten parts against one balance, few places, a spending cap and the limit of open orders: the parts one by one, or nothing', () => {
    const seen = new Set<number | string>();
    fc.assert(
      fc.property(anyStart, ({ parts, usesKey, ...of }) => {
        const ledger = start(of);
        const oneByOne = ledger.fork();
        const before = ledger.state.bytes();
        const by = { key: usesKey ? 1n : 0n };
        const placed = ledger.run(CUSTOMER, 'PlaceOrder', orderArgs(parts), by);
        expect(brokenInvariants(ledger.state)).toEqual([]);
        if (parts.some(({ resource, durationMs }) => resource === 3n && durationMs > 60_000n)) {
          seen.add('refused');
          expect(new Set(types(placed))).toEqual(new Set(['ApplicationRefused']));
          expect(readBalance(ledger.state, CUSTOMER).holds).toBe(0n);
          return;
        }
        seen.add(placed.code);
        let code = 0;
        for (const { backup: _backup, ...use } of parts) {
          if (code === 0) code = oneByOne.run(CUSTOMER, 'Apply', applyArgs(use), by).code;
        }
        expect(placed.code).toBe(code);
        if (code === 0) {
          expect(withoutOrders(ledger)).toEqual(withoutOrders(oneByOne));
          expect(ledger.waiting).toEqual(oneByOne.waiting);
          const records = ledger.state.scan(agreementTables.agreements);
          expect(records.map(([, record]) => [record.order, record.part])).toEqual(
            parts.map((_, index) => [1n, BigInt(index + 1)]),
          );
        } else {
          expect(ledger.state.bytes()).toEqual(before);
          expect(ledger.waiting).toEqual([]);
        }
      }),
      { numRuns: 400 },
    );
    // Each of the limits was the one that failed somewhere, so that none of them is left untried.
    const { NO_CAPACITY, BALANCE_TOO_LOW, TOO_MANY_OPEN, SPENDING_CAP_EXCEEDED } = codes;
    expect(seen).toEqual(new Set([0, 'refused', NO_CAPACITY, BALANCE_TOO_LOW, TOO_MANY_OPEN, SPENDING_CAP_EXCEEDED]));
  });
});
