import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { readListing } from '#ledger/contracts/resource/contract.ts';
import { readBill } from '#ledger/contracts/settlement/record.ts';
import { HOUR_MS, amountsOfUse, filled, places, runs } from '#ledger/contracts/testing/samples.ts';
import { storingRules } from '#ledger/contracts/testing/storing-rules.ts';
import { CUSTOMER, PROVIDER, TestLedger, applyArgs } from '#ledger/contracts/testing/test-ledger.ts';
import { agreementCodes as codes } from './definition.ts';
import { agreementTables, readAgreement, readCounters } from './record.ts';

const GRACE_MS = 24n * HOUR_MS;

/** Agreement 1 has one of five places of resource 1, and what it stored stays for a day. */
function running(): TestLedger {
  const ledger = new TestLedger({}, storingRules({ resource: 1n, graceMs: GRACE_MS })).publish({}, places(5n));
  ledger.run(CUSTOMER, 'Apply', applyArgs());
  deliver(ledger, 1n);
  ledger.wait(HOUR_MS / 2n);
  return ledger;
}

function ended(): TestLedger {
  const ledger = running();
  ledger.wait(HOUR_MS);
  return ledger;
}

/** Another agreement of so many places continues it. */
function go(ledger: TestLedger, { continues, room }: { continues: bigint; room: bigint }): number {
  const asked = { amounts: amountsOfUse({ places: room }), holdMicro: room * 3_600_000n };
  return ledger.run(CUSTOMER, 'Apply', applyArgs({ ...asked, continues })).code;
}

function deliver(ledger: TestLedger, agreement: bigint, afterMs = 0n): readonly string[] {
  const prepared = { agreement, startsAtMs: ledger.nowMs + afterMs, descriptor: filled(5) };
  return ledger.run(PROVIDER, 'Prepare', prepared).events.map(({ type }) => type);
}

/** Places in use, where nothing is broken. */
function inUse(ledger: TestLedger): bigint | undefined {
  expect(brokenInvariants(ledger.state)).toEqual([]);
  return readListing(ledger.state, 1n)?.inUse[0]?.amount;
}

describe('an order that continues another', () => {
  test('takes over its room when it is granted, and takes from the resource what it needs beyond that alone', () => {
    const ledger = ended();
    expect(inUse(ledger)).toBe(1n);
    expect(go(ledger, { continues: 1n, room: 6n })).toBe(codes.NO_CAPACITY);
    expect(go(ledger, { continues: 1n, room: 5n })).toBe(0);
    expect(inUse(ledger)).toBe(5n);
    expect(readAgreement(ledger.state, 1n)).toMatchObject({ continuedBy: 2n });
    expect(readAgreement(ledger.state, 2n)).toMatchObject({ continues: 1n });
  });

  test('ends the one that still runs when its window begins, at what was served until then', () => {
    const ledger = running();
    ledger.run(PROVIDER, 'ClaimUsage', {
      agreement: 1n,
      used: [],
      untilMs: ledger.nowMs,
      runs: runs(['kept', 30]),
    });
    go(ledger, { continues: 1n, room: 2n });
    expect([readAgreement(ledger.state, 1n)?.status, inUse(ledger)]).toEqual(['active', 2n]);
    expect(deliver(ledger, 2n)).toEqual(['AgreementPrepared', 'AgreementActivated', 'AgreementEnded']);
    const first = readAgreement(ledger.state, 1n);
    expect(first).toMatchObject({ status: 'completed', endReason: 'continued', endedAtMs: ledger.nowMs });
    ledger.wait(5_000n);
    expect(readBill(ledger.state, 1n)).toMatchObject({ chargeMicro: 1_800_000n });
    expect([readAgreement(ledger.state, 2n)?.status, inUse(ledger)]).toEqual(['active', 2n]);
  });

  test('waits for its own start with that', () => {
    const ledger = running();
    go(ledger, { continues: 1n, room: 1n });
    expect(deliver(ledger, 2n, 3_000n)).toEqual(['AgreementPrepared']);
    expect(readAgreement(ledger.state, 1n)).toMatchObject({ status: 'active' });
    expect(ledger.wait(3_000n).map(({ type }) => type)).toEqual(['AgreementActivated', 'AgreementEnded']);
    expect(ledger.waiting.map(({ kind, subject }) => `${kind} ${subject}`)).toEqual(['end 2', 'settle 1']);
    expect(inUse(ledger)).toBe(1n);
  });

  test.each([
    ['is never delivered', (ledger: TestLedger) => void ledger.wait(10_000n)],
    [
      'is withdrawn',
      (ledger: TestLedger) => void ledger.run(PROVIDER, 'EndAgreement', { agreement: 2n, reason: 'withdrawn' }),
    ],
    [
      'ends before its window began',
      (ledger: TestLedger) => {
        deliver(ledger, 2n, 5_000n);
        ledger.run(CUSTOMER, 'EndAgreement', { agreement: 2n, reason: 'no-longer-needed' });
      },
    ],
    [
      'ends in the moment in which it began',
      (ledger: TestLedger) => {
        deliver(ledger, 2n);
        ledger.run(CUSTOMER, 'EndAgreement', { agreement: 2n, reason: 'done' });
      },
    ],
  ])('gives all back when it %s: the first has its room and its grace time again', (_what, fail) => {
    for (const given of [running, ended]) {
      const ledger = given();
      go(ledger, { continues: 1n, room: 4n });
      fail(ledger);
      expect(inUse(ledger)).toBe(1n);
      expect(readAgreement(ledger.state, 1n)).toMatchObject({ continuedBy: 0n, erasedAtMs: 0n });
      expect(go(ledger, { continues: 1n, room: 2n })).toBe(0);
      expect(inUse(ledger)).toBe(2n);
    }
  });

  test('gives back what it took over even when the grace time passed meanwhile; then all can be erased', () => {
    const ledger = ended();
    ledger.wait(GRACE_MS - HOUR_MS / 2n - 1n);
    expect(go(ledger, { continues: 1n, room: 3n })).toBe(0);
    ledger.wait(5_000n);
    expect(ledger.run(PROVIDER, 'ReportErasure', { agreement: 1n }).code).toBe(codes.CONTINUED_ALREADY);
    ledger.wait(5_000n);
    expect(inUse(ledger)).toBe(1n);
    expect(ledger.run(PROVIDER, 'ReportErasure', { agreement: 1n }).code).toBe(0);
    expect(inUse(ledger)).toBe(0n);
  });

  test('is continued itself; of all that was stored one erasure is reported, by the last', () => {
    const ledger = ended();
    go(ledger, { continues: 1n, room: 1n });
    deliver(ledger, 2n);
    ledger.wait(HOUR_MS);
    go(ledger, { continues: 2n, room: 3n });
    deliver(ledger, 3n);
    ledger.wait(HOUR_MS + GRACE_MS);
    const report = (agreement: bigint) => ledger.run(PROVIDER, 'ReportErasure', { agreement }).code;
    expect([inUse(ledger), report(1n), report(2n)]).toEqual([3n, codes.CONTINUED_ALREADY, codes.CONTINUED_ALREADY]);
    expect([report(3n), inUse(ledger)]).toEqual([0, 0n]);
  });

  test('whatever is applied for, delivered, ended and erased in any order, room is counted once', () => {
    const reached = new Set<string>();
    // Mostly about the newest order: chance seldom names the one for which the moment has come.
    const step = fc.record({
      what: fc.constantFrom('apply', 'deliver', 'deliver', 'end', 'withdraw', 'erase', 'erase', 'wait', 'wait', 'wait'),
      back: fc.constantFrom(0n, 0n, 0n, 1n, 2n, 9n),
      room: fc.bigInt(1n, 3n),
      ms: fc.constantFrom(0n, 1n, 2_000n, 11_000n, HOUR_MS),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 40 }), (steps) => {
        const rules = storingRules({ resource: 1n, graceMs: 20_000n });
        const ledger = new TestLedger({ openAgreementsMax: 9n }, rules).activate();
        ledger.wait(1n);
        for (const { what, back, room, ms } of steps) {
          const last = readCounters(ledger.state).nextAgreement - 1n;
          const agreement = last > back ? last - back : 0n;
          if (what === 'apply') go(ledger, { continues: agreement, room });
          if (what === 'deliver') deliver(ledger, agreement, ms < 5_000n ? ms : 0n);
          if (what === 'end') ledger.run(CUSTOMER, 'EndAgreement', { agreement, reason: 'done' });
          if (what === 'withdraw') ledger.run(PROVIDER, 'EndAgreement', { agreement, reason: 'withdrawn' });
          if (what === 'erase') ledger.run(PROVIDER, 'ReportErasure', { agreement });
          if (what === 'wait') ledger.wait(ms);
          inUse(ledger);
          for (const [, record] of ledger.state.scan(agreementTables.agreements)) {
            if (record.erasedAtMs > 0n) reached.add(record.continues > 0n ? 'erased for all' : 'erased');
            if (record.continues > 0n) reached.add(record.endReason);
            if (record.continuedBy > 0n && record.endReason === 'continued') reached.add('continued');
          }
        }
      }),
      { numRuns: 150 },
    );
    const all = ['erased', 'erased for all', 'continued', 'not-delivered'];
    expect([...reached]).toEqual(expect.arrayContaining(all));
  });
});
