import { describe, expect, test } from 'vitest';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { readListing } from '#ledger/contracts/resource/contract.ts';
import { HOUR_MS, places } from '#ledger/contracts/testing/samples.ts';
import { storingRules } from '#ledger/contracts/testing/storing-rules.ts';
import { AGENT_KEY, CUSTOMER, PROVIDER, TestLedger, applyArgs } from '#ledger/contracts/testing/test-ledger.ts';
import { agreementCodes as codes } from './definition.ts';
import { readAgreement } from './record.ts';

const GRACE_MS = 24n * HOUR_MS;
const CONTEST_MS = 5_000n;
/** Resource 1 stores something of its customers' for a day after the end. */
const storing = () => new TestLedger({}, storingRules({ resource: 1n, graceMs: GRACE_MS }));
const inUse = (ledger: TestLedger) => readListing(ledger.state, 1n)?.inUse;
const report = (ledger: TestLedger) => ledger.run(PROVIDER, 'ReportErasure', { agreement: 1n }, { key: AGENT_KEY });

describe('what an order stored', () => {
  test('stays for the grace time and takes its room until its erasure is reported, long after the bill', () => {
    const ledger = storing().activate();
    const ended = ledger.wait(HOUR_MS);
    expect(ended.map(({ type }) => type)).toEqual(['AgreementEnded']);
    expect(ended[0]).toMatchObject({ graceUntilMs: ledger.nowMs + GRACE_MS });
    ledger.wait(GRACE_MS - 1n);
    expect(readAgreement(ledger.state, 1n)).toMatchObject({ status: 'settled', erasedAtMs: 0n });
    expect([report(ledger).code, inUse(ledger)]).toEqual([codes.GRACE_NOT_OVER, places(1n)]);
    ledger.wait(1n);
    expect(report(ledger).events[0]).toMatchObject({ by: PROVIDER, erasedAtMs: ledger.nowMs });
    expect(inUse(ledger)).toEqual([{ meter: 'places', amount: 0n }]);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('a provider that never reports an erasure keeps its own room taken', () => {
    const ledger = storing().publish({}, places(1n));
    ledger.run(CUSTOMER, 'Apply', applyArgs());
    ledger.run(PROVIDER, 'Prepare', { agreement: 1n, startsAtMs: ledger.nowMs, descriptor: new Uint8Array(9) });
    ledger.wait(40n * GRACE_MS);
    expect(ledger.waiting).toEqual([]);
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs()).code).toBe(codes.NO_CAPACITY);
    ledger.run(PROVIDER, 'ReportErasure', { agreement: 1n });
    expect(ledger.run(CUSTOMER, 'Apply', applyArgs()).code).toBe(0);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('is nothing when the window never began: the room is free at once', () => {
    const late = storing().reserve();
    late.wait(10_000n);
    const early = storing().activate();
    early.run(CUSTOMER, 'EndAgreement', { agreement: 1n, reason: 'done' });
    for (const ledger of [late, early]) {
      expect(inUse(ledger)).toEqual([{ meter: 'places', amount: 0n }]);
      expect(report(ledger).code).toBe(codes.STATUS_DOES_NOT_ALLOW);
      expect(brokenInvariants(ledger.state)).toEqual([]);
    }
  });

  test('stays for its customer after an early end as well, whoever ended it', () => {
    for (const [who, reason] of [
      [CUSTOMER, 'done'],
      [PROVIDER, 'misuse'],
    ] as const) {
      const ledger = storing().activate();
      ledger.wait(1_000n);
      ledger.run(who, 'EndAgreement', { agreement: 1n, reason });
      ledger.wait(CONTEST_MS);
      expect([report(ledger).code, inUse(ledger)]).toEqual([codes.GRACE_NOT_OVER, places(1n)]);
    }
  });
});
