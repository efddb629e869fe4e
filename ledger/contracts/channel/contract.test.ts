import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { readFaults } from '#ledger/contracts/agreement/record.ts';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { readBill } from '#ledger/contracts/settlement/record.ts';
import { runCases, type Case } from '#ledger/contracts/testing/cases.ts';
import { filled, perMegabyte, perHour, perUse, places, quantities, runs } from '#ledger/contracts/testing/samples.ts';
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
} from '#ledger/contracts/testing/test-ledger.ts';
import {
  AGENT_SECRET,
  VOUCHER_KEY,
  VOUCHER_SECRET,
  voucherArgs,
  type VoucherFields,
} from '#ledger/contracts/testing/vouchers.ts';
import { readBalance, tokenTables } from '#ledger/contracts/token/contract.ts';
import { nobleCrypto as crypto } from '#ledger/core/crypto-noble.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { channelCodes as codes } from './definition.ts';
import { readChannel } from './record.ts';
import { voucherDigest } from '#ledger/contracts/shared/voucher.ts';

const MINUTE_MS = 60_000n;
const [STRANGER] = NODES;
const CONTEST_MS = 5_000n;
const KEYED = { voucherKey: VOUCHER_KEY };

/** An hour of 60 one-minute intervals at 0.06 tokens each, with a channel, that began ten minutes ago. */
const active = (terms: Parameters<TestLedger['activate']>[0] = {}, fields: Args = {}) => {
  const ledger = new TestLedger().activate(terms, { ...KEYED, ...fields });
  ledger.wait(10n * MINUTE_MS);
  return ledger;
};
const endNow = (ledger: TestLedger) => {
  ledger.run(CUSTOMER, 'EndAgreement', { agreement: 1n, reason: 'done' });
  return ledger;
};
const ended = () => endNow(active());
/** Shown by the provider, or by the customer, with what the other signed. */
const show = (ledger: TestLedger, who: bigint, fields: VoucherFields = {}, changed: Args = {}) => {
  const secret = who === CUSTOMER ? AGENT_SECRET : VOUCHER_SECRET;
  const key = who === PROVIDER ? AGENT_KEY : 0n;
  return ledger.run(
    who,
    'CloseChannel',
    { ...voucherArgs(fields, { secret, network: ledger.network }), ...changed },
    { key },
  );
};
const shows = (who: bigint, fields: VoucherFields = {}, changed: Args = {}): Pick<Case, 'when'> => ({
  when: (ledger) => show(ledger, who, fields, changed),
});
const shown = (who: bigint, fields: VoucherFields) => () => {
  const ledger = ended();
  show(ledger, who, fields);
  return ledger;
};
const claim = (ledger: TestLedger, minutes: number, used = quantities({})) => {
  const untilMs = ledger.nowMs - 10n * MINUTE_MS + BigInt(minutes) * MINUTE_MS;
  return ledger.run(PROVIDER, 'ClaimUsage', { agreement: 1n, used, runs: runs(['kept', minutes]), untilMs });
};

describe('a payment channel', () => {
  test('is opened by the transaction that reserves, with the hold as its deposit, and only for an order that names a key [8.1.2-a]', () => {
    const ledger = new TestLedger().publish();
    const events = ledger.run(CUSTOMER, 'Apply', applyArgs(KEYED)).events;
    expect(events.filter(({ contract }) => contract === 'channel')).toEqual([
      {
        contract: 'channel',
        version: 1n,
        type: 'ChannelOpened',
        agreement: 1n,
        customer: CUSTOMER,
        provider: PROVIDER,
        voucherKey: VOUCHER_KEY,
        depositMicro: 3_600_000n,
      },
    ]);
    ledger.run(CUSTOMER, 'Apply', applyArgs());
    expect([readChannel(ledger.state, 1n)?.isClosed, readChannel(ledger.state, 2n)]).toEqual([false, undefined]);
  });

  test('is closed before any token of the order moves [8.1.2-a]', () => {
    const ledger = ended();
    show(ledger, PROVIDER, { interval: 9n });
    const types = ledger.wait(CONTEST_MS).map(({ type }) => type);
    expect(types).toEqual(['ChannelClosed', 'HoldSettled', 'AgreementSettled']);
    expect(readBill(ledger.state, 1n)).toMatchObject({ chargeMicro: 540_000n, keptMs: 9n * MINUTE_MS });
  });

  test('of an order that is never delivered closes with all of its deposit returned', () => {
    const ledger = new TestLedger().reserve({}, KEYED);
    ledger.wait(20_000n);
    expect(readChannel(ledger.state, 1n)?.isClosed).toBe(true);
    expect(readBalance(ledger.state, CUSTOMER)).toMatchObject({ balanceMicro: 100_000_000n, holds: 0n });
  });

  test('goes over to a backup, which is another payee with a deposit of its own', () => {
    const ledger = new TestLedger().publish();
    ledger.publishAnother('second');
    ledger.run(CUSTOMER, 'PlaceOrder', orderArgs([part({ backup: [backup()] })], KEYED));
    ledger.wait(20_000n);
    expect([readChannel(ledger.state, 1n)?.isClosed, readChannel(ledger.state, 2n)?.voucherKey]).toEqual([
      true,
      VOUCHER_KEY,
    ]);
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  runCases(codes, [
    {
      what: 'the agent shows what the customer’s key signed',
      given: ended,
      ...shows(PROVIDER),
      then: ['VoucherShown'],
    },
    { what: 'the customer shows what the agent signed', given: ended, ...shows(CUSTOMER), then: ['VoucherShown'] },
    {
      what: 'an order without a key has no channel',
      given: () => endNow(new TestLedger().activate()),
      ...shows(PROVIDER),
      then: codes.CHANNEL_UNKNOWN,
    },
    {
      what: 'nor has one that is not there',
      given: ended,
      ...shows(PROVIDER, {}, { agreement: 9n }),
      then: codes.CHANNEL_UNKNOWN,
    },
    { what: 'a stranger closes nothing', given: ended, ...shows(STRANGER), then: codes.NOT_A_PARTY },
    {
      what: 'nor does another key of the provider',
      given: ended,
      when: (ledger) => {
        const args = voucherArgs({}, { secret: VOUCHER_SECRET, network: ledger.network });
        return ledger.run(PROVIDER, 'CloseChannel', args, { key: 5n });
      },
      then: codes.NOT_A_PARTY,
    },
    {
      what: 'nothing is closed while the order runs',
      given: () => active(),
      ...shows(PROVIDER),
      then: codes.ORDER_RUNS,
    },
    {
      what: 'once the bill is made it is too late',
      given: () => {
        const ledger = ended();
        ledger.wait(CONTEST_MS);
        return ledger;
      },
      ...shows(PROVIDER),
      then: codes.TOO_LATE,
    },
    {
      what: 'when the time is over and the bill not yet made, too',
      given: () => {
        const ledger = ended();
        ledger.lag(CONTEST_MS);
        return ledger;
      },
      ...shows(PROVIDER),
      then: codes.TOO_LATE,
    },
    {
      what: 'nobody shows two: a replay has no effect',
      given: shown(PROVIDER, { interval: 3n }),
      ...shows(PROVIDER, { interval: 3n }),
      then: codes.SHOWN_ALREADY,
    },
    {
      what: 'an amount above the deposit',
      given: ended,
      ...shows(PROVIDER, { amountMicro: 3_600_001n }),
      then: codes.ABOVE_DEPOSIT,
    },
    {
      what: 'no intervals',
      given: ended,
      ...shows(PROVIDER, { interval: 0n, runs: runs() }),
      then: codes.VOUCHER_INVALID,
    },
    {
      what: 'more intervals than passed',
      given: ended,
      ...shows(PROVIDER, { interval: 11n }),
      then: codes.VOUCHER_INVALID,
    },
    {
      what: 'fewer runs than intervals',
      given: ended,
      ...shows(PROVIDER, { runs: runs(['kept', 2]) }),
      then: codes.VOUCHER_INVALID,
    },
    {
      what: 'more use than was asked for',
      given: ended,
      ...shows(PROVIDER, { used: quantities({ calls: 101n }) }),
      then: codes.VOUCHER_INVALID,
    },
    ...(
      [
        ['a voucher that the side which shows it signed itself', { signature: undefined }],
        ['another amount than was signed', { amountMicro: 60_001n }],
        ['other runs than were signed', { runs: runs(['down', 1]) }],
        ['another use than was signed', { used: quantities({ calls: 1n }) }],
        ['half a signature', { signature: filled(1, 32) }],
        ['a signature of nobody', { signature: filled(0, 65) }],
      ] as const
    ).map(([what, changed]): Case => ({
      what,
      given: ended,
      when: (ledger) => {
        const { network } = ledger;
        const own = voucherArgs({}, { secret: VOUCHER_SECRET, network });
        const args = voucherArgs({}, { secret: AGENT_SECRET, network });
        const fields = Object.fromEntries(Object.entries(changed).map(([name, value]) => [name, value ?? own[name]!]));
        return ledger.run(CUSTOMER, 'CloseChannel', { ...args, ...fields });
      },
      then: codes.SIGNATURE_MISMATCH,
    })),
    {
      what: 'another channel’s voucher, of the same key',
      given: ended,
      ...shows(PROVIDER, { agreement: 2n }, { agreement: 1n }),
      then: codes.SIGNATURE_MISMATCH,
    },
    {
      what: 'a voucher of another network',
      given: ended,
      when: (ledger) =>
        ledger.run(PROVIDER, 'CloseChannel', voucherArgs({}, { secret: VOUCHER_SECRET, network: filled(201) })),
      then: codes.SIGNATURE_MISMATCH,
    },
    {
      what: 'the other side shows a newer one',
      given: shown(CUSTOMER, { interval: 3n }),
      ...shows(PROVIDER, { interval: 4n }),
      then: ['VoucherShown'],
    },
    {
      what: 'the same one changes nothing',
      given: shown(CUSTOMER, { interval: 3n }),
      ...shows(PROVIDER, { interval: 3n }),
      then: codes.NOT_NEWER,
    },
    {
      what: 'of two vouchers about the same intervals the second is refused',
      given: shown(CUSTOMER, { interval: 3n }),
      ...shows(PROVIDER, { interval: 3n, amountMicro: 180_001n }),
      then: codes.NOT_NEWER,
    },
    {
      what: 'a newer one about a smaller sum',
      given: shown(PROVIDER, { interval: 3n }),
      ...shows(CUSTOMER, { interval: 4n, amountMicro: 179_999n }),
      then: codes.VOUCHER_SHRINKS,
    },
    {
      what: 'a newer one about less use',
      given: shown(PROVIDER, { interval: 3n, used: quantities({ calls: 2n }) }),
      ...shows(CUSTOMER, { interval: 4n, used: quantities({ calls: 1n }) }),
      then: codes.VOUCHER_SHRINKS,
    },
  ]);
});

describe('the bill of an order with a channel', () => {
  const settled = (ledger: TestLedger) => {
    const closed = ledger.wait(2n * CONTEST_MS).find(({ type }) => type === 'ChannelClosed') as unknown as {
      agreedMicro: bigint;
      claimedMicro: bigint;
    };
    expect(brokenInvariants(ledger.state)).toEqual([]);
    return { ...readBill(ledger.state, 1n)!, agreedMicro: closed.agreedMicro, claimedMicro: closed.claimedMicro };
  };

  test('is what both agreed on, and of later time two intervals at most of what the provider claims', () => {
    const ledger = ended();
    claim(ledger, 10);
    show(ledger, PROVIDER, { interval: 4n });
    expect(settled(ledger)).toMatchObject({
      agreedMicro: 240_000n,
      claimedMicro: 120_000n,
      keptMs: 6n * MINUTE_MS,
      downMs: 4n * MINUTE_MS,
    });
  });

  test('without any voucher is two intervals of what the provider claims: nobody else signed more', () => {
    const ledger = ended();
    claim(ledger, 10);
    expect(settled(ledger)).toMatchObject({ agreedMicro: 0n, claimedMicro: 120_000n, chargeMicro: 120_000n });
  });

  test('needs no claim of what a voucher covers', () => {
    const ledger = ended();
    show(ledger, CUSTOMER, { interval: 10n });
    expect(settled(ledger)).toMatchObject({ agreedMicro: 600_000n, claimedMicro: 0n, chargeMicro: 600_000n });
  });

  test('is never above what the price rule makes of what was served, whatever the voucher’s amount', () => {
    const ledger = ended();
    show(ledger, PROVIDER, { interval: 2n, amountMicro: 3_600_000n });
    expect(settled(ledger)).toMatchObject({ agreedMicro: 120_000n, claimedMicro: 0n });
  });

  test('leaves the customer what a voucher is below the price rule', () => {
    const ledger = ended();
    show(ledger, PROVIDER, { interval: 10n, amountMicro: 500_000n });
    expect(settled(ledger)).toMatchObject({ agreedMicro: 500_000n, claimedMicro: 0n, refundMicro: 3_100_000n });
  });

  test('counts what flowed after the last voucher as the provider claims it', () => {
    const ledger = endNow(active({ prices: [perMegabyte(1_000_000n)] }, { holdMicro: 1_000_000n }));
    claim(ledger, 10, quantities({ bytes: 700_000n }));
    show(ledger, PROVIDER, { interval: 9n, amountMicro: 400_000n, used: quantities({ bytes: 400_000n }) });
    expect(settled(ledger)).toMatchObject({ agreedMicro: 400_000n, claimedMicro: 300_000n });
  });

  test('of a price for the whole use is the whole price when the customer ends early, though vouchers went by the agreed time', () => {
    const ledger = endNow(active({ prices: [perUse(3_600_000n)] }));
    show(ledger, PROVIDER, { interval: 10n });
    expect(settled(ledger)).toMatchObject({ agreedMicro: 600_000n, claimedMicro: 3_000_000n });
  });

  test('degraded intervals that both agreed on cost their part', () => {
    const ledger = endNow(active({ promise: quantities({ firstByteMs: 500n }) }));
    const measured = runs(['kept', 4, 200], ['degraded', 4, 700], ['down', 2, 0]);
    show(ledger, PROVIDER, { interval: 10n, amountMicro: 360_000n, runs: measured });
    expect(settled(ledger)).toMatchObject({
      agreedMicro: 360_000n,
      degradedMs: 4n * MINUTE_MS,
      downMs: 2n * MINUTE_MS,
    });
  });

  test('waits for the other side’s voucher, once: whoever showed an older one has lost a contest [8.5.1-d]', () => {
    const ledger = ended();
    ledger.wait(CONTEST_MS - 1_000n);
    expect(show(ledger, CUSTOMER, { interval: 2n }).data).toEqual({ settleAtMs: ledger.nowMs + CONTEST_MS });
    ledger.wait(CONTEST_MS - 1n);
    expect(readBill(ledger.state, 1n)).toBeUndefined();
    expect(show(ledger, PROVIDER, { interval: 10n }).data).toEqual({ settleAtMs: ledger.nowMs + 1n });
    expect([CUSTOMER, PROVIDER].map((id) => readFaults(ledger.state, id).contestsLost)).toEqual([1n, 0n]);
    expect(settled(ledger)).toMatchObject({ agreedMicro: 600_000n, claimedMicro: 0n });
  });

  test('a provider that hides newer vouchers to claim more loses the contest, and gets what both agreed on', () => {
    const ledger = ended();
    claim(ledger, 10);
    show(ledger, PROVIDER, { interval: 1n });
    show(ledger, CUSTOMER, { interval: 3n, amountMicro: 180_000n, runs: runs(['kept', 1], ['down', 2]) });
    expect(readFaults(ledger.state, PROVIDER).contestsLost).toBe(1n);
    expect(settled(ledger)).toMatchObject({ agreedMicro: 180_000n, claimedMicro: 0n, keptMs: 3n * MINUTE_MS });
  });
});

test('a digest is of every field and of the network', () => {
  const voucher = {
    agreement: 1n,
    amountMicro: 2n,
    interval: 3n,
    used: quantities({ calls: 4n }),
    runs: runs(['kept', 3]),
  };
  const digests = [
    voucher,
    { ...voucher, agreement: 2n },
    { ...voucher, amountMicro: 3n },
    { ...voucher, interval: 4n },
    { ...voucher, used: quantities({ bytes: 4n }) },
    { ...voucher, runs: runs(['down', 3]) },
  ].map((each) => String(voucherDigest(each, filled(200), crypto)));
  digests.push(String(voucherDigest(voucher, filled(201), crypto)));
  expect(new Set(digests).size).toBe(7);
  expect(voucherDigest({ ...voucher, interval: 1n << 32n }, filled(200), crypto)).toBeUndefined();
});

/** What supply and holds come to, read from every record. */
function tokensIn(ledger: TestLedger): { allMicro: bigint; heldMicro: bigint } {
  const balances = ledger.state.scan(tokenTables.balances);
  const heldMicro = ledger.state.scan(tokenTables.holds).reduce((sum, [, { amountMicro }]) => sum + amountMicro, 0n);
  return { allMicro: balances.reduce((sum, [, { balanceMicro }]) => sum + balanceMicro, heldMicro), heldMicro };
}

test('ten thousand channels open and close, and the supply is the same at every step [8.1.2-a]', () => {
  const waves = { count: 100, each: 100 };
  const fate = fc.record({
    minutes: fc.integer({ min: 0, max: 4 }),
    claimed: fc.boolean(),
    first: fc.constantFrom('nobody', 'customer', 'provider'),
    interval: fc.integer({ min: 1, max: 5 }),
    newer: fc.integer({ min: -1, max: 2 }),
    amountMicro: fc.bigInt(0n, 40_000n),
    isDelivered: fc.boolean(),
  });
  let opened = 0;
  const met = new Set<string>();
  fc.assert(
    fc.property(fc.array(fate, { minLength: waves.each, maxLength: waves.each }), (fates) => {
      const ledger = new TestLedger({ openAgreementsMax: 1_000n });
      ledger.publish({ prices: [perHour(60_000n)] }, places(BigInt(waves.each)));
      const before = tokensIn(ledger).allMicro;
      const conserved = () => expect(tokensIn(ledger).allMicro).toBe(before);
      const use = { ...KEYED, durationMs: 4n * MINUTE_MS, holdMicro: 4_000n };
      fates.forEach(({ isDelivered }, index) => {
        const agreement = BigInt(index + 1);
        expect(ledger.run(CUSTOMER, 'Apply', applyArgs(use)).code).toBe(0);
        if (isDelivered) ledger.run(PROVIDER, 'Prepare', { ...prepareArgs(ledger.nowMs), agreement });
        conserved();
      });
      opened += fates.length;
      const startMs = ledger.nowMs;
      for (let minute = 0; minute <= 4; minute += 1) {
        ledger.wait(startMs + BigInt(minute) * MINUTE_MS + 1n - ledger.nowMs);
        fates.forEach(({ minutes, ...of }, index) => {
          if (minutes !== minute) return;
          const agreement = BigInt(index + 1);
          ledger.run(CUSTOMER, 'EndAgreement', { agreement, reason: 'done' });
          if (of.claimed && minutes > 0) {
            const untilMs = startMs + BigInt(minutes) * MINUTE_MS;
            ledger.run(PROVIDER, 'ClaimUsage', { agreement, used: [], runs: runs(['kept', minutes]), untilMs });
          }
          if (of.first === 'nobody') return;
          const [one, other] = of.first === 'customer' ? [CUSTOMER, PROVIDER] : [PROVIDER, CUSTOMER];
          const { amountMicro } = of;
          met.add(`first ${show(ledger, one, { agreement, interval: BigInt(of.interval), amountMicro }).code}`);
          const newer = Math.max(0, of.interval + of.newer);
          met.add(`second ${show(ledger, other, { agreement, interval: BigInt(newer), amountMicro }).code}`);
        });
        conserved();
      }
      ledger.wait(2n * CONTEST_MS);
      conserved();
      expect(tokensIn(ledger).heldMicro).toBe(0n);
      expect(brokenInvariants(ledger.state)).toEqual([]);
    }),
    { numRuns: waves.count },
  );
  expect(opened).toBe(waves.count * waves.each);
  expect([...met]).toEqual(
    expect.arrayContaining(['first 0', 'second 0', `second ${codes.NOT_NEWER}`, `first ${codes.ABOVE_DEPOSIT}`]),
  );
}, 240_000);
